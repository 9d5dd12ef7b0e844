import Foundation
import HTTP
import JSON
import Serving
import Synchronization

/// The JSON of one reply as Ollama sends it.
final class OllamaShape: Sendable {
    enum Kind: Sendable { case chat, generate }

    private let kind: Kind
    /// As the request had it.
    private let model: String
    private let arrival: ContinuousClock.Instant
    /// When the first text of a stream came.
    private let firstText = Mutex<ContinuousClock.Instant?>(nil)

    init(kind: Kind, model: String, arrival: ContinuousClock.Instant) {
        self.kind = kind
        self.model = model
        self.arrival = arrival
    }

    var stream: StreamedReply.Format {
        StreamedReply.Format(
            headers: ["Content-Type": "application/x-ndjson"],
            text: { self.line(self.piece($0.text)) },
            end: {
                self.line(self.last("", $1, firstText: self.firstText.withLock { $0 }))
            },
            error: { self.line(["error": .string($0.message)]) })
    }

    private func line(_ value: JSONValue) -> [UInt8] { value.serializedBytes + [0x0A] }

    private func piece(_ text: String) -> JSONValue {
        firstText.withLock { $0 = $0 ?? .now }
        return object(text, [JSONMember("done", false)])
    }

    func whole(_ choice: WholeReply.Choice) -> JSONValue {
        last(choice.text, choice.ending, firstText: choice.firstText)
    }

    /// The end of a stream, or the whole reply. Times are in nanoseconds.
    private func last(
        _ text: String, _ ending: ReplyEnding, firstText: ContinuousClock.Instant?
    ) -> JSONValue {
        let now = ContinuousClock.now
        let first = firstText ?? now
        func count(_ duration: Duration) -> JSONValue { .integer(Int(duration / .nanoseconds(1))) }
        return object(
            text,
            [
                JSONMember("done", true), JSONMember("done_reason", ending.finishReason),
                JSONMember("total_duration", count(now - arrival)),
                JSONMember("load_duration", 0),
                JSONMember("prompt_eval_count", .integer(ending.usage.prompt)),
                JSONMember("prompt_eval_duration", count(first - arrival)),
                JSONMember("eval_count", .integer(ending.usage.completion)),
                JSONMember("eval_duration", count(now - first)),
            ])
    }

    /// What a request without a prompt has brought about.
    func prepared(_ reason: String) -> JSONValue {
        object("", [JSONMember("done", true), JSONMember("done_reason", .string(reason))])
    }

    private func object(_ text: String, _ members: [JSONMember]) -> JSONValue {
        let content =
            kind == .chat
            ? JSONMember("message", ["role": "assistant", "content": .string(text)])
            : JSONMember("response", .string(text))
        return .object(
            [
                JSONMember("model", .string(model)),
                JSONMember("created_at", .string(Self.timestamp(Date()))), content,
            ] + members)
    }

    static func timestamp(_ date: Date) -> String {
        date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
                separator: .omitted))
    }
}
