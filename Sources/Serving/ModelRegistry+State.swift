import Checkpoints

extension ModelRegistry {
    /// The books: which models there are, who waits for which, and what may go. It has no clock and loads
    /// nothing; everything that is called here is called under the registry's lock.
    struct State {
        typealias Instant = ContinuousClock.Instant

        struct Entry {
            var specification: Specification
            var source: ModelSource
            var version: ModelVersion?
            /// Who waits while it is being loaded; nil when nobody has asked for a load.
            var waiters: [Completion]?
            /// Tells this entry from one that has replaced it under the same key.
            var generation: UInt64
            var lastUse: Instant
            /// What it was before it was swapped by name.
            var previous: Specification?
            /// By a call, and not by the configuration.
            var isAdded = false
        }

        /// What comes of asking for a model.
        enum Acquisition {
            case unknown
            case ready(Served)
            case full(waiting: Int)
            case waits
            case loads(Specification, generation: UInt64)
        }

        var entries: [String: Entry] = [:]
        private(set) var order: [String] = []
        private var lastGeneration: UInt64 = 0
        /// When somebody will look at what has not been used for long.
        var nextLook: Instant?
        /// What has been done with each model there is, and with some that were.
        private(set) var tallies: [String: ModelTally] = [:]
    }
}

extension ModelRegistry.State {
    /// How many may wait for one model to be loaded: each holds a whole request.
    static var mostWaiters: Int { 256 }

    /// How many models that are gone are still counted: names may be ever new ones.
    static var mostTalliesOfGone: Int { 1_000 }

    /// Puts an entry in the place of the one of its key, or behind the others.
    mutating func install(
        _ specification: ModelRegistry.Specification, _ source: ModelSource,
        version: ModelVersion?, at now: Instant = .now
    ) {
        lastGeneration += 1
        let old = entries.updateValue(
            Entry(
                specification: specification, source: source, version: version, waiters: nil,
                generation: lastGeneration, lastUse: now, previous: nil),
            forKey: specification.key)
        if old == nil { order.append(specification.key) }
    }

    /// Takes an entry out of the books.
    mutating func remove(_ key: String) -> Entry? {
        order.removeAll { $0 == key }
        let entry = entries.removeValue(forKey: key)
        if entry?.version != nil { tally(key) { $0.evictions += 1 } }
        return entry
    }

    /// Counts something that has been done with a model.
    mutating func tally(_ key: String, _ change: (inout ModelTally) -> Void) {
        change(&tallies[key, default: ModelTally()])
        guard tallies.count - entries.count > Self.mostTalliesOfGone else { return }
        tallies = tallies.filter { entries[$0.key] != nil }
    }

    mutating func removeAll() {
        entries = [:]
        order = []
    }

    mutating func acquire(
        _ key: String, at now: Instant, mostWaiters: Int,
        _ completion: @escaping ModelRegistry.Completion
    ) -> Acquisition {
        guard let index = entries.index(forKey: key) else { return .unknown }
        entries.values[index].lastUse = now
        let entry = entries.values[index]
        if let version = entry.version {
            return .ready(
                ModelRegistry.Served(
                    key: key, version: version, profile: entry.specification.profile))
        }
        guard let waiters = entry.waiters else {
            entries.values[index].waiters = [completion]
            return .loads(entry.specification, generation: entry.generation)
        }
        guard waiters.count < mostWaiters else { return .full(waiting: waiters.count) }
        entries.values[index].waiters = waiters + [completion]
        return .waits
    }

    /// Takes loaded models that nobody uses out, those not used for longest first, until so many bytes
    /// are free.
    ///
    /// - Parameter missing: bytes.
    /// - Returns: the models, whose memory goes when the caller lets go of them; nil, and none is taken,
    ///   where all that may go would not be enough.
    mutating func makeRoom(for missing: Int) -> [String: ModelVersion]? {
        let candidates = idleKeys().filter { entries[$0]?.specification.isPinned == false }
            .map { (key: $0, lastUse: entries[$0]?.lastUse ?? .now, bytes: byteCount(of: $0)) }
            .sorted { $0.lastUse < $1.lastUse }
        var left = missing
        var keys: [String] = []
        for candidate in candidates where left > 0 {
            left -= candidate.bytes
            keys.append(candidate.key)
        }
        return left > 0 ? nil : takeOut(keys)
    }

    /// Takes out what has not been used for as long as it may stay.
    ///
    /// - Returns: those, and when to look again.
    mutating func expire(at now: Instant) -> (gone: [String: ModelVersion], next: Instant?) {
        let idle = Set(idleKeys())
        var keys: [String] = []
        var next: Instant?
        for key in Array(entries.keys) {
            guard let index = entries.index(forKey: key), byteCount(of: key) > 0,
                !entries.values[index].specification.isPinned,
                let time = entries.values[index].specification.timeToLive
            else { continue }
            // Who is being answered uses it still.
            if !idle.contains(key) { entries.values[index].lastUse = now }
            let end = entries.values[index].lastUse + time
            if end <= now { keys.append(key) } else { next = min(next ?? end, end) }
        }
        return (takeOut(keys), next)
    }

    /// Takes a model out now.
    ///
    /// - Parameter key: of one that is loaded, not pinned and not in use; otherwise nothing is done.
    /// - Returns: it; nil where it stays, or was not there.
    mutating func unload(_ key: String) -> ModelVersion? {
        guard entries[key]?.specification.isPinned == false, idleKeys().contains(key) else {
            return nil
        }
        return takeOut([key])[key]
    }

    /// The loaded models that nobody but these books holds: nobody can come by one but through them.
    private mutating func idleKeys() -> [String] {
        // In place, one by one: a copy of an entry, or of all, would be another that holds the version.
        Array(entries.keys).filter { key in
            entries.index(forKey: key).map {
                isKnownUniquelyReferenced(&entries.values[$0].version)
            } ?? false
        }
    }

    private func byteCount(of key: String) -> Int { entries[key]?.version?.byteCount ?? 0 }

    private mutating func takeOut(_ keys: [String]) -> [String: ModelVersion] {
        var versions: [String: ModelVersion] = [:]
        for key in keys { versions[key] = entries[key]?.version }
        for key in keys {
            entries[key]?.version = nil
            tally(key) { $0.evictions += 1 }
        }
        return versions
    }
}
