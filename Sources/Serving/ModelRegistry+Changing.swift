import Checkpoints
import Dispatch
import Foundation
import Synchronization

extension ModelRegistry {
    /// What a change of the models did.
    public struct Change: Sendable, Equatable {
        public var added: [String] = []
        public var removed: [String] = []
        /// Loaded from other files, or the same files with new contents.
        public var swapped: [String] = []
        /// The same weights under new settings.
        public var updated: [String] = []
    }

    /// Puts new specifications in the place of all there are.
    ///
    /// Models that are loaded, or are to be, and whose files have changed are loaded anew before
    /// anything is exchanged; if one fails, nothing changes. Blocks while it loads: call it from a
    /// thread that may wait. One change at a time.
    ///
    /// - Parameter specifications: what is to be served from then on.
    /// - Returns: what came of it.
    /// - Throws: `ServingError` for the first model that cannot be loaded.
    public func replaceAll(_ specifications: [Specification]) throws -> Change {
        try loading.sync {
            // Not the entries themselves: who holds their versions keeps them from making room.
            let before = state.withLock { state in
                state.entries.mapValues { (source: $0.source, isLoaded: $0.version != nil) }
            }
            var prepared:
                [(specification: Specification, source: ModelSource, new: ModelVersion?)] = []
            for specification in specifications {
                let source = specification.source
                let old = before[specification.key]
                let isSame = old?.source == source
                let isLoaded = old?.isLoaded ?? false
                let isWanted = isLoaded || specification.preload && fits(specification)
                guard isWanted, !(isSame && isLoaded) else {
                    prepared.append((specification, source, nil))
                    continue
                }
                let loaded = try self.loaded(of: specification)
                prepared.append((specification, loaded.source, loaded.version))
            }
            return exchange(prepared)
        }
    }

    func loaded(of specification: Specification) throws(ServingError) -> Loaded {
        do {
            return try loaded(specification)
        } catch {
            throw Self.sentence(error, specification.key)
        }
    }

    private func exchange(
        _ prepared: [(specification: Specification, source: ModelSource, new: ModelVersion?)]
    ) -> Change {
        var change = Change()
        let before = state.withLock { state in
            let before = state.entries
            state.removeAll()
            for (specification, source, new) in prepared {
                let old = before[specification.key]
                let isSame = old?.source == source
                if old == nil {
                    change.added.append(specification.key)
                } else if !isSame {
                    change.swapped.append(specification.key)
                } else {
                    change.updated.append(specification.key)
                }
                state.install(specification, source, version: new ?? (isSame ? old?.version : nil))
            }
            // Once all are in the books again: figures of others may be forgotten.
            for (specification, _, new) in prepared where new != nil {
                let isSwapped = change.swapped.contains(specification.key)
                if isSwapped { state.tally(specification.key) { $0.swaps += 1 } }
            }
            change.removed = before.keys.filter { state.entries[$0] == nil }.sorted()
            // Out of the lock, where giving back the memory of old weights holds nobody up.
            return before
        }
        // Loads run on the loader's queue, which this holds: who waits has not been served.
        for (key, entry) in before {
            for waiter in entry.waiters ?? [] { acquire(key, waiter) }
        }
        expireLater()
        return change
    }
}

// MARK: - One model

extension ModelRegistry {
    /// What a swap did.
    public struct Swap: Sendable {
        public let version: ModelVersion
        /// The name of the version before; nil where none was loaded.
        public let previous: String?
    }

    /// Loads a model from another folder and serves that from then on; until the next `replaceAll`.
    ///
    /// Blocks while it loads. If it fails, what was served before goes on.
    ///
    /// - Parameters:
    ///   - key: which model.
    ///   - folder: with its new checkpoint.
    ///   - patience: nil to have both in memory at a time; otherwise the old one is taken out first,
    ///     with who asks meanwhile waiting, for which its replies under way have so long.
    /// - Returns: what came of it.
    /// - Throws: `ServingError`.
    public func swap(
        _ key: String, to folder: ModelFolder, patience: Duration? = nil
    ) throws -> Swap {
        try loading.sync {
            guard let old = state.withLock({ $0.entries[key]?.specification }) else {
                throw ServingError.unknownModel(key)
            }
            return try exchange(key, with: old.with(folder, isSwapped: true), patience)
        }
    }

    /// Goes back to what a model was before it was last swapped; again, and it is undone.
    ///
    /// - Parameters:
    ///   - key: which model.
    ///   - patience: as of `swap`.
    /// - Returns: what came of it.
    /// - Throws: `ServingError.nothingBefore` where it has not been swapped.
    public func rollBack(_ key: String, patience: Duration? = nil) throws -> Swap {
        try loading.sync {
            // Not the entry itself, which would hold the version that may have to make room.
            guard let before = state.withLock({ $0.entries[key].map(\.previous) }) else {
                throw ServingError.unknownModel(key)
            }
            guard let previous = before else { throw ServingError.nothingBefore(key) }
            return try exchange(key, with: previous, patience)
        }
    }

    private func exchange(
        _ key: String, with specification: Specification, _ patience: Duration?
    ) throws -> Swap {
        let before = state.withLock { state in
            state.entries[key].map {
                let specification = $0.specification
                return (
                    specification: specification.with(
                        $0.source.folder, isSwapped: specification.isSwapped),
                    name: $0.version?.name
                )
            }
        }
        guard let before else { throw ServingError.unknownModel(key) }
        if let patience { try takeOut(key, patience) }
        let loaded: Loaded
        do {
            loaded = try self.loaded(of: specification)
        } catch {
            // Taken out for its successor; or it was idle, and has made room.
            if before.name != nil { bringBack(key, before.specification) }
            throw error
        }
        install(loaded, specification, before.specification)
        return Swap(version: loaded.version, previous: before.name)
    }

    private func install(_ loaded: Loaded, _ specification: Specification, _ before: Specification?)
    {
        let key = specification.key
        let (old, waiters) = state.withLock { state in
            let old = state.entries[key]
            state.install(specification, loaded.source, version: loaded.version)
            state.entries[key]?.previous = before
            state.entries[key]?.isAdded = old?.isAdded ?? false
            state.tally(key) { $0.swaps += 1 }
            return (old?.version, old?.waiters ?? [])
        }
        // Out of the lock, where giving back its memory holds nobody up.
        withExtendedLifetime(old) {}
        for waiter in waiters { acquire(key, waiter) }
        expireLater()
    }

    /// Takes a model out of memory and waits until its last reply is through; who asks for it waits.
    private func takeOut(_ key: String, _ patience: Duration) throws(ServingError) {
        weak var leaving: ModelVersion?
        let gone = DispatchSemaphore(value: 0)
        var isLoaded = false
        do {
            let version = state.withLock { state in
                guard let version = state.entries[key]?.version else { return nil as ModelVersion? }
                state.entries[key]?.version = nil
                state.entries[key]?.waiters = []
                return version
            }
            version?.released.notify { gone.signal() }
            leaving = version
            isLoaded = version != nil
        }
        guard isLoaded else { return }
        guard gone.wait(timeout: .now() + patience / .seconds(1)) == .timedOut else { return }
        guard let version = leaving else { return }
        let waiters = state.withLock { state in
            defer {
                state.entries[key]?.version = version
                state.entries[key]?.waiters = nil
            }
            return state.entries[key]?.waiters ?? []
        }
        for waiter in waiters { acquire(key, waiter) }
        // It was passed over meanwhile.
        expireLater()
        throw .stillInUse(key)
    }

    /// After a failure, where the old version has been taken out: it is loaded again, or who waits hears
    /// why not.
    private func bringBack(_ key: String, _ specification: Specification) {
        let generation = state.withLock { state in
            state.entries[key].flatMap { $0.version == nil ? $0.generation : nil }
        }
        if let generation { load(key, specification, generation) }
    }
}

extension ModelRegistry.Specification {
    /// Its files as they are now.
    var source: ModelSource { ModelSource(folder, form: form) }
}
