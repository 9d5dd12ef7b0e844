import JSON
import Serving

/// The JSON of one response.
struct ResponseShape: Sendable {
    let id: String
    /// Of its only item, the message.
    let itemID: String
    let model: String
    let created: Int
    let wanted: Responses.Wanted

    func whole(_ text: String, _ ending: ReplyEnding) -> JSONValue {
        object(
            status: ending.isWhole ? "completed" : "incomplete",
            output: [item(text, status: ending.isWhole ? "completed" : "incomplete")],
            cutOff: !ending.isWhole, usage: ending.usage)
    }

    /// Before anything of it has been said.
    var begun: JSONValue { object(status: "in_progress", output: [], cutOff: false, usage: nil) }

    func item(_ text: String?, status: JSONValue) -> JSONValue {
        [
            "id": .string(itemID), "type": "message", "status": status, "role": "assistant",
            "content": text.map { [part($0)] } ?? [],
        ]
    }

    func part(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    private func object(
        status: JSONValue, output: JSONValue, cutOff: Bool, usage: UsageCount?
    ) -> JSONValue {
        let options = wanted.options
        return [
            "id": .string(id), "object": "response", "created_at": .integer(created),
            "status": status, "error": nil,
            "incomplete_details": cutOff ? ["reason": "max_output_tokens"] : nil,
            "instructions": wanted.instructions.map { .string($0) } ?? nil,
            "max_output_tokens": options.length.map { .integer($0) } ?? nil,
            "model": .string(model), "output": output, "parallel_tool_calls": false,
            "previous_response_id": nil, "store": false,
            "temperature": options.temperature.map { .number($0) } ?? nil,
            "text": ["format": ["type": "text"]], "tool_choice": "none", "tools": [],
            "top_p": options.topP.map { .number($0) } ?? nil,
            "truncation": options.truncate ? "auto" : "disabled", "metadata": .object([]),
            "usage": usage.map(Self.json) ?? nil,
        ]
    }

    private static func json(_ usage: UsageCount) -> JSONValue {
        [
            "input_tokens": .integer(usage.prompt),
            "input_tokens_details": ["cached_tokens": .integer(usage.cachedPrompt)],
            "output_tokens": .integer(usage.completion),
            "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .integer(usage.prompt + usage.completion),
        ]
    }
}

extension ReplyEnding {
    /// Whether the model came to an end by itself.
    var isWhole: Bool { summary.reason == .stop }
}
