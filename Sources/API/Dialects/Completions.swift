import Crypto
import Foundation
import HTTP
import JSON
import Serving

/// `POST /v1/completions`: OpenAI's text completion.
struct Completions: Sendable {
    private let replier: Replier
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings

    init(
        _ replier: Replier, _ registry: ModelRegistry<ModelConfiguration>,
        _ settings: CompatibilitySettings
    ) {
        self.replier = replier
        self.registry = registry
        self.settings = settings
    }

    var routes: [Route] {
        [Route("POST", "/v1/completions", .scope(.infer)) { try complete($0) }]
    }

    private func complete(_ exchange: Route.Exchange) throws {
        let fields = try RequestFields(exchange.request.body)
        guard let key = try fields.string("model") ?? registry.keys.first else {
            throw APIError.invalid("model", "model is missing")
        }
        do {
            try settings.check(key, for: exchange.caller)
        } catch {
            var error = error
            error.param = "model"
            throw error
        }
        var request = ReplyRequest(modelKey: key, prompt: try Self.prompt(fields))
        request.options = try Self.options(fields)
        request.callerID = exchange.caller?.id
        let shape = CompletionShape(
            id: "cmpl-\(try SecureRandom.identifier())", model: key,
            created: Int(Date().timeIntervalSince1970))
        let sink: any ReplySink
        if try fields.bool("stream") ?? false {
            let countsUsage = try fields.value("stream_options").map {
                guard $0.object != nil else {
                    throw APIError.invalid("stream_options", "stream_options is \($0.kind)")
                }
                return $0["include_usage"]?.bool ?? false
            }
            sink = StreamedReply(exchange.writer, shape.stream(countsUsage: countsUsage ?? false))
        } else {
            sink = WholeReply(exchange.writer) { .json(shape.whole($0, $1)) }
        }
        replier.reply(to: request, for: exchange.writer, into: sink)
    }

    /// A string, a list of token ids, or a list of one of either.
    private static func prompt(_ fields: RequestFields) throws(APIError) -> ReplyRequest.Prompt {
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

    private static func options(_ fields: RequestFields) throws(APIError) -> ReplyOptions {
        var options = ReplyOptions()
        options.length =
            try fields.integer("max_tokens", in: ReplyOptions.Range.length) ?? defaultLength
        options.temperature = try fields.number("temperature", in: 0...2)
        // 0 is off for the engine, and nearly nothing but the likeliest token to this dialect.
        options.topP = try fields.number("top_p", in: 0...1).map { max($0, 1e-9) }
        options.seed = try fields.integer("seed", in: ReplyOptions.Range.seed)
        options.stop = try fields.strings(
            "stop", atMost: ReplyOptions.Range.stopCount, ofAtMost: ReplyOptions.Range.stopBytes)
        if let count = try fields.integer("n", in: 1...128), count != 1 {
            throw .invalid("n", "n is \(count); this server makes one choice at a time")
        }
        return options
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
            JSONMember("usage", ending.usage.json),
        ])
    }

    /// - Parameter countsUsage: whether a last chunk tells the tokens used, and every other says
    ///   that it does not.
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
                            JSONMember("choices", []), JSONMember("usage", ending.usage.json),
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
