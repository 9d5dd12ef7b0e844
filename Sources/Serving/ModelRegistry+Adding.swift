import Dispatch
import Synchronization

extension ModelRegistry {
    /// What came of taking a model out.
    public enum Removal: Sendable, Equatable {
        /// It is not there any more: it had been added by a call.
        case removed
        /// It is out of memory, and the next request loads it again.
        case unloaded
        /// It was not in memory, or is not known.
        case wasNotLoaded
        /// It is pinned or in use.
        case stays
    }

    /// Loads another model and serves it, until it is taken out or the configuration is read again.
    ///
    /// Blocks while it loads.
    ///
    /// - Parameter specification: with a key that no other has.
    /// - Returns: what serves now.
    /// - Throws: `ServingError.alreadyThere`; why it cannot be loaded.
    @discardableResult
    public func add(_ specification: Specification) throws -> ModelVersion {
        try loading.sync {
            let key = specification.key
            guard state.withLock({ $0.entries[key] == nil }) else {
                throw ServingError.alreadyThere(key)
            }
            let loaded = try self.loaded(of: specification)
            state.withLock { state in
                state.install(specification, loaded.source, version: loaded.version)
                state.entries[key]?.isAdded = true
            }
            expireLater()
            return loaded.version
        }
    }

    /// Takes a model out of memory, and one that was added by a call out of the list, too. Replies under
    /// way are finished.
    ///
    /// - Parameter key: which.
    /// - Returns: what came of it.
    public func remove(_ key: String) -> Removal {
        // After a load that is under way, whose outcome would come back otherwise.
        loading.sync {
            guard let isAdded = state.withLock({ $0.entries[key]?.isAdded }) else {
                return .wasNotLoaded
            }
            guard !isAdded else {
                // What it held goes when its last reply is through, and not under the lock.
                let entry = state.withLock { $0.remove(key) }
                for waiter in entry?.waiters ?? [] { waiter(.failure(.unknownModel(key))) }
                onUnload([key])
                return .removed
            }
            guard state.withLock({ $0.entries[key]?.version != nil }) else { return .wasNotLoaded }
            return unload(key) ? .unloaded : .stays
        }
    }
}
