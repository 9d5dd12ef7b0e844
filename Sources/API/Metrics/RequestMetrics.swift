import Synchronization

/// What has been asked and answered since the start, counted.
///
/// Labels are bounded: routes' dialects, a thousand models that are or were there, statuses.
final class RequestMetrics: Sendable {
    /// What one request came to.
    struct Answered: Sendable {
        let dialect: Dialect
        /// Nil where it came to none.
        let model: String?
        let status: Int
        let seconds: Double
        /// Seconds until the first token of its reply; nil where there was none.
        let secondsToFirstToken: Double?
        let usage: UsageCount?
        /// Tokens of its longest choice.
        let longestChoice: Int
        /// Whether the client went before it had its reply.
        let isGone: Bool
    }

    struct Kind: Hashable, Sendable {
        let dialect: Dialect
        let status: Int
    }

    /// How many there were, and how long they took.
    struct Requests: Sendable {
        var counts: [Kind: Int] = [:]
        var durations: [Dialect: Histogram] = [:]
    }

    /// A model's figures.
    struct OfModel: Sendable {
        var requests = Requests()
        var promptTokens = 0
        var cachedPromptTokens = 0
        var completionTokens = 0
        var cancelled = 0
        var untilFirstToken = Histogram.untilFirstToken
        var betweenTokens = Histogram.betweenTokens
    }

    struct Figures: Sendable {
        /// What came to no model.
        var unassigned = Requests()
        var models = FiguresByModel(OfModel())
    }

    private let state = Mutex(Figures())

    var figures: Figures { state.withLock { $0 } }

    /// Counts an answer to what was no request, or came too late to be one.
    func noteUnread(status: Int) {
        let kind = Kind(dialect: .none, status: status)
        state.withLock { $0.unassigned.counts[kind, default: 0] += 1 }
    }

    func note(_ answered: Answered) {
        state.withLock { figures in
            guard let model = answered.model else { return figures.unassigned.note(answered) }
            figures.models.update(model) { $0.note(answered) }
        }
    }
}

extension RequestMetrics.Requests {
    fileprivate mutating func note(_ answered: RequestMetrics.Answered) {
        let kind = RequestMetrics.Kind(dialect: answered.dialect, status: answered.status)
        counts[kind, default: 0] += 1
        durations[answered.dialect, default: .ofRequest].note(answered.seconds)
    }
}

extension RequestMetrics.OfModel {
    fileprivate mutating func note(_ answered: RequestMetrics.Answered) {
        requests.note(answered)
        if answered.isGone { cancelled += 1 }
        if let usage = answered.usage {
            promptTokens += usage.prompt
            cachedPromptTokens += usage.cachedPrompt
            completionTokens += usage.completion
        }
        guard let first = answered.secondsToFirstToken else { return }
        untilFirstToken.note(first)
        let others = answered.longestChoice - 1
        if others > 0 { betweenTokens.note((answered.seconds - first) / Double(others)) }
    }
}
