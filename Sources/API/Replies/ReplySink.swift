import Serving

/// Where a reply goes, piece by piece: a dialect's way of saying it to the client.
///
/// Called from one thread at a time, never blocking: any number of `text`, then one `end` or
/// `fail`.
protocol ReplySink: AnyObject, Sendable {
    /// The next piece of the sanitized reply; never empty.
    func text(_ piece: String)
    func end(_ ending: ReplyEnding)
    func fail(_ error: APIError)
    /// Whether so much of the reply waits for the client that no more should be made for now.
    var isCongested: Bool { get }
    /// Adds what to call, once, when that is over or the client has gone: at once if it is.
    func onRelief(_ action: @escaping @Sendable () -> Void)
}

/// What keeps the reply until its end is never congested.
extension ReplySink {
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
