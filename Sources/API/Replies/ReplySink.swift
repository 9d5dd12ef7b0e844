import Serving

/// Where a reply goes, piece by piece: a dialect's way of saying it to the client.
///
/// Called from one thread at a time, never blocking: `prompt` if it is asked for, any number of
/// `scores` and `text`, then one `end` or `fail`.
protocol ReplySink: AnyObject, Sendable {
    /// The prompt's tokens, where a request wants them back.
    func prompt(_ tokens: [ScoredToken])
    /// The tokens that begin in the model's next piece of text, where a request wants them scored.
    func scores(_ tokens: [ScoredToken])
    /// The next piece of the sanitized reply; never empty.
    func text(_ piece: String)
    func end(_ ending: ReplyEnding)
    func fail(_ error: APIError)
    /// Whether so much of the reply waits for the client that no more should be made for now.
    var isCongested: Bool { get }
    /// Adds what to call, once, when that is over or the client has gone: at once if it is.
    func onRelief(_ action: @escaping @Sendable () -> Void)
}

/// Most have no use for single tokens; what keeps the reply until its end is never congested.
extension ReplySink {
    func prompt(_ tokens: [ScoredToken]) {}

    func scores(_ tokens: [ScoredToken]) {}

    var isCongested: Bool { false }

    func onRelief(_ action: @escaping @Sendable () -> Void) { action() }
}

/// How a reply ended, and what made it.
struct ReplyEnding: Sendable {
    let modelKey: String
    let modelVersion: String
    let summary: GenerationSummary

    var usage: UsageCount {
        UsageCount(
            prompt: summary.promptTokens, cachedPrompt: summary.cachedPromptTokens,
            completion: summary.completionTokens)
    }
}
