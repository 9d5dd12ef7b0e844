import Configuration
import Crypto
import Foundation
import HTTP
import JSON
import Serving

/// `POST /v1/completions`: OpenAI's text completion.
struct Completions: Sendable {
    private let replier: Replier
    private let settings: CompatibilitySettings

    init(_ replier: Replier, _ settings: CompatibilitySettings) {
        self.replier = replier
        self.settings = settings
    }

    var routes: [Route] {
        [Route("POST", "/v1/completions", .scope(.infer), generates: true) { try complete($0) }]
    }

    private func complete(_ exchange: Route.Exchange) throws {
        let fields = try OpenAIFields(exchange.request.body)
        let key = try fields.model(settings, for: exchange.caller)
        let wanted = try Wanted(fields)
        var request = ReplyRequest(
            modelKey: key, prompts: wanted.prompts, choices: wanted.candidates,
            arrival: exchange.writer.record.arrival)
        request.names = ReplyRequest.FieldNames(prompt: "prompt", length: "max_tokens")
        request.options = wanted.options
        request.caller = exchange.caller?.hash
        let shape = CompletionShape(
            id: "cmpl-\(try SecureRandom.identifier())", model: key,
            created: Int(Date().timeIntervalSince1970), choices: wanted.choices,
            candidates: wanted.candidates, tellsScores: wanted.tellsScores)
        let stream = try fields.stream()
        let count = wanted.prompts.count * wanted.candidates
        let sinks: [any ReplySink]
        if stream.isOn {
            guard wanted.candidates == wanted.choices else {
                throw APIError.invalid(
                    "best_of", "best_of cannot be streamed: the best is known at the end")
            }
            sinks =
                StreamedReply(
                    exchange.writer, choices: count,
                    shape.stream(countsUsage: stream.countsUsage)
                ).sinks
        } else {
            sinks =
                WholeReply(exchange.writer, choices: count) { .json(shape.whole($0)) }.sinks
        }
        replier.reply(to: request, for: exchange.writer, into: sinks)
    }

    /// What a request asks for.
    struct Wanted {
        let prompts: [ReplyRequest.Prompt]
        let options: ReplyOptions
        /// Replies to each prompt.
        let choices: Int
        /// Replies made of each prompt, of which the best are sent.
        let candidates: Int
        let tellsScores: Bool

        /// - Throws: `APIError` 400.
        init(_ request: OpenAIFields) throws(APIError) {
            let fields = request.fields
            prompts = try Self.prompts(fields)
            choices = try fields.integer("n", in: ReplyOptions.Range.choices) ?? 1
            candidates =
                try fields.integer("best_of", in: ReplyOptions.Range.choices) ?? choices
            guard candidates >= choices else {
                throw .invalid("best_of", "best_of is \(candidates), less than n")
            }
            let most = ReplyOptions.Range.choices.upperBound
            guard prompts.count * candidates <= most else {
                throw .invalid(
                    "prompt",
                    "\(prompts.count) prompts with \(candidates) replies each are too many; "
                        + "send at most \(most) replies' worth in one request")
            }
            if let suffix = try fields.string("suffix"), !suffix.isEmpty {
                throw .invalid(
                    "suffix", "suffix is not supported; the model only goes on from a prompt")
            }
            let echoes = try fields.bool("echo") ?? false
            var options = try request.options(lengths: ["max_tokens"], from: echoes ? 0 : 1)
            options.defaultLength = Self.defaultLength
            options.echoes = echoes
            let alternatives = try fields.integer("logprobs", in: 0...Self.mostAlternatives)
            tellsScores = alternatives != nil
            options.scoredAlternatives = alternatives ?? (candidates > choices ? 0 : nil)
            self.options = options
        }

        /// A string, a list of token ids, or a list of either.
        private static func prompts(
            _ fields: RequestFields
        ) throws(APIError) -> [ReplyRequest.Prompt] {
            guard let value = fields.value("prompt") else {
                throw .invalid("prompt", "prompt is missing; give the text to go on from")
            }
            let list = value.array ?? []
            let isList = list.first.map { $0.string != nil || $0.array != nil } ?? false
            let prompts = (isList ? list : [value]).map(prompt)
            guard !prompts.contains(where: { $0 == nil }) else {
                throw .invalid(
                    "prompt",
                    "prompt should be a string, a list of token ids, or a list of such")
            }
            return prompts.compactMap(\.self)
        }

        private static func prompt(_ value: JSONValue) -> ReplyRequest.Prompt? {
            if let text = value.string { return .text(text) }
            guard let list = value.array else { return nil }
            let ids = list.compactMap { $0.integer.flatMap { Int32(exactly: $0) } }
            return ids.count == list.count ? .tokens(ids) : nil
        }

        /// OpenAI's, where a request names none.
        private static let defaultLength = 16
        /// OpenAI's is 5; those who measure models ask for more.
        private static let mostAlternatives = 20
    }
}
