import Synchronization

/// What has been asked and answered since the start, counted.
///
/// Labels are bounded: routes' dialects, models that are or were in the configuration, statuses.
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

    struct Key: Hashable, Sendable {
        let dialect: Dialect
        let model: String
    }

    struct StatusKey: Hashable, Sendable {
        let key: Key
        let status: Int
    }

    /// A model's figures.
    struct OfModel: Sendable {
        var promptTokens = 0
        var cachedPromptTokens = 0
        var completionTokens = 0
        var cancelled = 0
        var untilFirstToken = Histogram.untilFirstToken
        var betweenTokens = Histogram.betweenTokens
    }

    struct Figures: Sendable {
        var requests: [StatusKey: Int] = [:]
        var durations: [Key: Histogram] = [:]
        var models: [String: OfModel] = [:]

        /// Of some models only, and of what came to none.
        func `where`(_ isVisible: (String) -> Bool) -> Figures {
            func isShown(_ model: String) -> Bool { model.isEmpty || isVisible(model) }
            return Figures(
                requests: requests.filter { isShown($0.key.key.model) },
                durations: durations.filter { isShown($0.key.model) },
                models: models.filter { isShown($0.key) })
        }
    }

    private let state = Mutex(Figures())

    var figures: Figures { state.withLock { $0 } }

    func note(_ answered: Answered) {
        let key = Key(dialect: answered.dialect, model: answered.model ?? "")
        state.withLock { figures in
            figures.requests[StatusKey(key: key, status: answered.status), default: 0] += 1
            figures.durations[key, default: .ofRequest].note(answered.seconds)
            guard let model = answered.model else { return }
            figures.models[model, default: OfModel()].note(answered)
        }
    }
}

extension RequestMetrics.OfModel {
    fileprivate mutating func note(_ answered: RequestMetrics.Answered) {
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
