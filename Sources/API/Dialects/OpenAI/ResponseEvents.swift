import JSON
import Serving
import Synchronization

/// One response as the events of its stream, which are numbered and tell at each end all that has been
/// said.
final class ResponseEvents: Sendable {
    private struct State {
        var count = 0
        var text = ""
    }

    private let shape: ResponseShape
    private let state = Mutex(State())

    init(_ shape: ResponseShape) { self.shape = shape }

    var format: StreamedReply.Format {
        StreamedReply.Format(
            headers: .eventStream, begin: { _ in self.begin() }, text: { self.delta($0.text) },
            end: { self.end($1) },
            error: { error in
                let told = error.json["error"] ?? nil
                return self.event(
                    "error",
                    [
                        JSONMember("message", told["message"] ?? nil),
                        JSONMember("code", told["code"] ?? nil),
                        JSONMember("param", told["param"] ?? nil), JSONMember("error", told),
                    ])
            })
    }

    private func begin() -> [UInt8] {
        event("response.created", [JSONMember("response", shape.begun)])
            + event("response.in_progress", [JSONMember("response", shape.begun)])
            + event(
                "response.output_item.added",
                [place, JSONMember("item", shape.item(nil, status: "in_progress"))])
            + event("response.content_part.added", within + [JSONMember("part", shape.part(""))])
    }

    private func delta(_ text: String) -> [UInt8] {
        state.withLock { $0.text += text }
        return event(
            "response.output_text.delta",
            within + [JSONMember("delta", .string(text)), JSONMember("logprobs", [])])
    }

    private func end(_ ending: ReplyEnding) -> [UInt8] {
        let text = state.withLock(\.text)
        let status: JSONValue = ending.isWhole ? "completed" : "incomplete"
        return event(
            "response.output_text.done",
            within + [JSONMember("text", .string(text)), JSONMember("logprobs", [])])
            + event("response.content_part.done", within + [JSONMember("part", shape.part(text))])
            + event(
                "response.output_item.done",
                [place, JSONMember("item", shape.item(text, status: status))])
            + event(
                ending.isWhole ? "response.completed" : "response.incomplete",
                [JSONMember("response", shape.whole(text, ending))])
    }

    private var place: JSONMember { JSONMember("output_index", 0) }

    private var within: [JSONMember] {
        [JSONMember("item_id", .string(shape.itemID)), place, JSONMember("content_index", 0)]
    }

    private func event(_ type: String, _ members: [JSONMember]) -> [UInt8] {
        let number = state.withLock { state in
            defer { state.count += 1 }
            return state.count
        }
        let object = JSONValue.object(
            [
                JSONMember("type", .string(type)), JSONMember("sequence_number", .integer(number)),
            ] + members)
        return Array("event: \(type)\n".utf8) + serverSentEvent(object.serialized)
    }
}
