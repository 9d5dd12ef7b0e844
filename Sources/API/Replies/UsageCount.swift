import JSON

/// The tokens of a request, as OpenAI's clients count them.
struct UsageCount: Sendable, Equatable {
    let prompt: Int
    /// Tokens of the prompt that had been computed before.
    let cachedPrompt: Int
    let completion: Int

    static func + (one: UsageCount, other: UsageCount) -> UsageCount {
        UsageCount(
            prompt: one.prompt + other.prompt,
            cachedPrompt: one.cachedPrompt + other.cachedPrompt,
            completion: one.completion + other.completion)
    }

    /// Of another choice of the same prompt, which counts once.
    var withoutPrompt: UsageCount {
        UsageCount(prompt: 0, cachedPrompt: 0, completion: completion)
    }

    var json: JSONValue { .object(members) }

    var jsonWithDetails: JSONValue {
        .object(
            members + [
                JSONMember(
                    "prompt_tokens_details", ["cached_tokens": .integer(cachedPrompt)])
            ])
    }

    private var members: [JSONMember] {
        [
            JSONMember("prompt_tokens", .integer(prompt)),
            JSONMember("completion_tokens", .integer(completion)),
            JSONMember("total_tokens", .integer(prompt + completion)),
        ]
    }
}
