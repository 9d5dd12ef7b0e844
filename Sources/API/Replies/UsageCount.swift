import JSON

/// The tokens of a request, as OpenAI's clients count them.
struct UsageCount: Sendable {
    let prompt: Int
    let completion: Int

    var json: JSONValue {
        [
            "prompt_tokens": .integer(prompt), "completion_tokens": .integer(completion),
            "total_tokens": .integer(prompt + completion),
        ]
    }
}
