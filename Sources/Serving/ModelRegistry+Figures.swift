import Synchronization

/// What has been done with a model since the start.
public struct ModelTally: Sendable, Equatable {
    /// Its weights came into memory, those of swaps among them.
    public var loads = 0
    public var failedLoads = 0
    /// Other weights came in the place of those that served.
    public var swaps = 0
    /// It was taken out of memory: to make room, after its time, or by a call.
    public var evictions = 0
}

extension ModelRegistry {
    /// A model in numbers; it holds nothing of the model itself.
    public struct Figures: Sendable {
        public let key: String
        /// That of its version, and the version's name; nil while it is not loaded.
        public let number: Scheduler.ModelID?
        public let version: String?
        /// What its weights take in memory.
        public let byteCount: Int
        public let tally: ModelTally
    }

    /// Of each model, in the configuration's order.
    public var figures: [Figures] {
        state.withLock { state in
            state.order.map { key in
                let version = state.entries[key]?.version
                return Figures(
                    key: key, number: version?.number, version: version?.name,
                    byteCount: version?.byteCount ?? 0, tally: state.tallies[key] ?? ModelTally())
            }
        }
    }
}
