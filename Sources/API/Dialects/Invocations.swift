import Configuration
import HTTP
import JSON
import Serving

/// `POST /invocations`: the original's one request, and what has grown around it.
///
/// `{"model_key", "raw_text"}` is answered with the text alone. With `message` instead of
/// `raw_text` the server keeps a chat; `"format": "json"` tells how the reply came about;
/// `"stream"` sends it as it is made.
struct Invocations: Sendable {
    private let replier: Replier
    private let settings: CompatibilitySettings

    /// The original's, where a request names no model.
    static let defaultKey = "chatbot"

    init(_ replier: Replier, _ settings: CompatibilitySettings) {
        self.replier = replier
        self.settings = settings
    }

    var routes: [Route] {
        ["/invocations", "/models/{key}/invoke"].map {
            Route("POST", $0, .scope(.infer), generates: true) { try invoke($0) }
        }
    }

    private func invoke(_ exchange: Route.Exchange) throws {
        let fields = try RequestFields(exchange.request.body)
        let key = try Self.key(fields, exchange)
        if settings.answersUnknown(key, isNull: fields.isNull, for: exchange.caller) {
            exchange.writer.send(.text("UNKNOWN"))
            return
        }
        try settings.check(key, for: exchange.caller)
        var request = ReplyRequest(
            modelKey: key, prompts: [try Self.prompt(fields)],
            arrival: exchange.writer.record.arrival)
        request.options = try ReplyOptions(fields)
        request.caller = exchange.caller?.hash
        let sinks = try Self.sinks(fields, exchange.writer)
        replier.reply(to: request, for: exchange.writer, into: sinks)
    }

    /// The model's key: of the path, of SageMaker's header, of the body, or the original's.
    private static func key(
        _ fields: RequestFields, _ exchange: Route.Exchange
    ) throws(APIError) -> String {
        // Behind a path with a key the header is for logs: the archive that the model came in.
        let header = exchange.request.head.headers[targetHeader]
        let key = exchange.key.isEmpty ? header : exchange.key
        let own = try fields.string("model_key")
        guard let key, let own, key != own else { return key ?? own ?? defaultKey }
        throw .invalid(
            "model_key", "the request names two models; leave out model_key, or make it the same")
    }

    /// By which SageMaker says which of a container's models is meant.
    private static let targetHeader = "X-Amzn-SageMaker-Target-Model"

    static func prompt(_ fields: RequestFields) throws(APIError) -> ReplyRequest.Prompt {
        let text = try fields.string("raw_text")
        let message = try fields.string("message")
        switch (text, message) {
        case (let text?, nil):
            for name in ["audience", "session_id"] where fields.value(name) != nil {
                throw .invalid(name, "\(name) belongs to a chat; send message instead of raw_text")
            }
            return .text(withoutLastNewline(text))
        case (nil, let message?):
            return .message(
                message, audience: try fields.string("audience"),
                session: try fields.string("session_id"))
        case (nil, nil):
            throw .invalid(
                "raw_text", "raw_text is missing; give the text to go on from, or a message")
        case (_?, _?):
            throw .invalid("message", "raw_text and message exclude each other; give one of them")
        }
    }

    /// As the original: one line break at the end goes, unless it is all there is.
    private static func withoutLastNewline(_ text: String) -> String {
        // By bytes: "\r\n" is one character to Swift, and only its "\n" goes.
        guard text.utf8.count > 1, text.utf8.last == UInt8(ascii: "\n") else { return text }
        return String(decoding: text.utf8.dropLast(), as: UTF8.self)
    }

    private static func sinks(
        _ fields: RequestFields, _ writer: RecordedWriter
    ) throws(APIError) -> [any ReplySink] {
        let format = try fields.string("format") ?? "text"
        let streams = try fields.bool("stream") ?? false
        switch (format, streams) {
        case ("text", false): return WholeReply(writer) { .text($0[0].text) }.sinks
        case ("text", true): return StreamedReply(writer, textStream).sinks
        case ("json", false):
            return WholeReply(writer) { .json(json($0[0].text, $0[0].ending)) }.sinks
        case ("json", true): return StreamedReply(writer, eventStream).sinks
        default: throw .invalid("format", "format may be \"text\" or \"json\"")
        }
    }

    private static let textStream = StreamedReply.Format(
        headers: .plainText, text: { Array($0.text.utf8) }, end: { _, _ in [] }, error: nil)

    private static let eventStream = StreamedReply.Format(
        headers: .eventStream,
        text: { serverSentEvent((["text": .string($0.text)] as JSONValue).serialized) },
        end: { serverSentEvent(json("", $1).serialized) + serverSentEvent("[DONE]") },
        error: { serverSentEvent($0.json.serialized) })

    private static func json(_ text: String, _ ending: ReplyEnding) -> JSONValue {
        [
            "text": .string(text), "finish_reason": .string(ending.summary.reason.rawValue),
            "usage": ending.usage.json, "model_key": .string(ending.modelKey),
            "model_version": .string(ending.modelVersion),
        ]
    }
}
