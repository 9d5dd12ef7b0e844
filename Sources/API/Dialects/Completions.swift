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
        let fields = try RequestFields(exchange.request.body)
        let known = settings.keys(for: exchange.caller)
        guard let key = try fields.string("model") ?? known.first else {
            throw APIError.invalid("model", "model is missing; name one of GET /models/list")
        }
        do {
            try settings.check(key, for: exchange.caller)
        } catch {
            var error = error
            error.param = "model"
            throw error
        }
        try Self.refuseUnsupported(fields)
        var request = ReplyRequest(
            modelKey: key, prompt: try Self.prompt(fields), arrival: exchange.writer.record.arrival)
        request.names = ReplyRequest.FieldNames(
            prompt: "prompt", length: "max_tokens", truncate: nil)
        request.options = try Self.options(fields)
        request.caller = exchange.caller?.hash
        let shape = CompletionShape(
            id: "cmpl-\(try SecureRandom.identifier())", model: key,
            created: Int(Date().timeIntervalSince1970))
        let sink: any ReplySink
        if try fields.bool("stream") ?? false {
            let countsUsage = try fields.value("stream_options").map {
                guard $0.object != nil else {
                    throw APIError.invalid("stream_options", "stream_options is \($0.kind)")
                }
                return try RequestFields($0).bool("include_usage") ?? false
            }
            sink = StreamedReply(exchange.writer, shape.stream(countsUsage: countsUsage ?? false))
        } else {
            sink = WholeReply(exchange.writer) { .json(shape.whole($0, $1)) }
        }
        replier.reply(to: request, for: exchange.writer, into: sink)
    }

    /// A string, a list of token ids, or a list of one of either.
    static func prompt(_ fields: RequestFields) throws(APIError) -> ReplyRequest.Prompt {
        guard let value = fields.value("prompt") else {
            throw .invalid("prompt", "prompt is missing; give the text to go on from")
        }
        var prompt = value
        if let list = value.array, list.count == 1, list[0].string != nil || list[0].array != nil {
            prompt = list[0]
        }
        if let text = prompt.string { return .text(text) }
        if let list = prompt.array {
            let ids = list.compactMap { $0.integer.flatMap { Int32(exactly: $0) } }
            if ids.count == list.count { return .tokens(ids) }
        }
        throw .invalid("prompt", "prompt should be one string or one list of token ids")
    }

    static func options(_ fields: RequestFields) throws(APIError) -> ReplyOptions {
        var options = ReplyOptions()
        options.length = try fields.integer("max_tokens", in: ReplyOptions.Range.length)
        options.defaultLength = defaultLength
        options.temperature = try fields.number("temperature", in: 0...2)
        // 0 is off for the engine, and nearly nothing but the likeliest token to this dialect.
        options.topP = try fields.number("top_p", in: 0...1).map { max($0, 1e-9) }
        options.seed = try fields.integer("seed", in: ReplyOptions.Range.seed)
        options.stop = try fields.strings(
            "stop", atMost: ReplyOptions.Range.stopCount, ofAtMost: ReplyOptions.Range.stopBytes)
        options.presencePenalty = try fields.number(
            "presence_penalty", in: ReplyOptions.Range.presencePenalty)
        options.frequencyPenalty = try fields.number(
            "frequency_penalty", in: ReplyOptions.Range.presencePenalty)
        options.logitBias = try logitBias(fields)
        return options
    }

    /// Token ids, written as strings, and what is added to their logits.
    private static func logitBias(_ fields: RequestFields) throws(APIError) -> [Int32: Double] {
        guard let value = fields.value("logit_bias") else { return [:] }
        let range = ReplyOptions.Range.logitBias
        guard let members = value.object, members.count <= ReplyOptions.Range.logitBiasCount else {
            throw .invalid(
                "logit_bias",
                "logit_bias should be an object with at most "
                    + "\(ReplyOptions.Range.logitBiasCount) token ids")
        }
        var bias: [Int32: Double] = [:]
        for member in members {
            guard let id = Int32(member.key), let number = member.value.number,
                range.contains(number)
            else {
                throw .invalid(
                    "logit_bias",
                    "logit_bias should give each token id a number from "
                        + "\(range.lowerBound) to \(range.upperBound)")
            }
            bias[id] = number
        }
        return bias
    }

    /// Refuses what would be answered wrongly if it were ignored, as other unknown fields are.
    static func refuseUnsupported(_ fields: RequestFields) throws(APIError) {
        for name in ["n", "best_of"] {
            if let count = try fields.integer(name, in: 1...128), count != 1 {
                throw .invalid(name, "\(name) is \(count); this server makes one choice at a time")
            }
        }
        if try fields.bool("echo") ?? false {
            throw .invalid("echo", "echo is not supported; put the prompt before the text yourself")
        }
        if fields.value("logprobs") != nil {
            throw .invalid("logprobs", "logprobs are not supported; leave the field out")
        }
        if let suffix = try fields.string("suffix"), !suffix.isEmpty {
            throw .invalid(
                "suffix", "suffix is not supported; the model only goes on from a prompt")
        }
    }

    /// OpenAI's, where a request names none.
    private static let defaultLength = 16
}

/// The JSON of one completion, whole or in chunks.
private struct CompletionShape: Sendable {
    let id: String
    let model: String
    let created: Int

    func whole(_ text: String, _ ending: ReplyEnding) -> JSONValue {
        object([
            JSONMember("system_fingerprint", .string(ending.modelVersion)),
            JSONMember("choices", [choice(text, reason: Self.reason(ending))]),
            JSONMember("usage", ending.usage.jsonWithDetails),
        ])
    }

    /// With `countsUsage` a last chunk tells the tokens used, and every other says that it does
    /// not.
    func stream(countsUsage: Bool) -> StreamedReply.Format {
        let usage: [JSONMember] = countsUsage ? [JSONMember("usage", nil)] : []
        return StreamedReply.Format(
            headers: .eventStream,
            text: { event(object([JSONMember("choices", [choice($0, reason: nil)])] + usage)) },
            end: { ending in
                var events = event(
                    object(
                        [JSONMember("choices", [choice("", reason: Self.reason(ending))])] + usage))
                if countsUsage {
                    events += event(
                        object([
                            JSONMember("choices", []),
                            JSONMember("usage", ending.usage.jsonWithDetails),
                        ]))
                }
                return events + serverSentEvent("[DONE]")
            },
            error: { event($0.json) })
    }

    private func event(_ json: JSONValue) -> [UInt8] { serverSentEvent(json.serialized) }

    private func object(_ members: [JSONMember]) -> JSONValue {
        .object(
            [
                JSONMember("id", .string(id)), JSONMember("object", "text_completion"),
                JSONMember("created", .integer(created)), JSONMember("model", .string(model)),
            ] + members)
    }

    private func choice(_ text: String, reason: String?) -> JSONValue {
        [
            "index": 0, "text": .string(text), "logprobs": nil,
            "finish_reason": reason.map { .string($0) } ?? nil,
        ]
    }

    /// OpenAI's clients know no deadline: a reply that ran out of time was cut at a length.
    private static func reason(_ ending: ReplyEnding) -> String {
        ending.summary.reason == .stop ? "stop" : "length"
    }
}
