import Checkpoints
import Compute
import Dispatch
import Foundation
import Synchronization

extension ModelRegistry {
    /// A version and the files it is of.
    typealias Loaded = (version: ModelVersion, source: ModelSource)

    /// Loads a model that somebody waits for, on the loader's queue.
    func load(_ key: String, _ specification: Specification, _ generation: UInt64) {
        // Whoever waited for an entry that has been replaced waits for its successor now, and whoever
        // waited for a swap that failed has been served.
        let isWanted = state.withLock { state in
            state.entries[key].map { $0.generation == generation && $0.version == nil } ?? false
        }
        guard isWanted else { return }
        let result = Result { try loaded(specification) }
        let (waiters, outcome) = state.withLock {
            state -> ([Completion], Result<Served, ServingError>) in
            guard var entry = state.entries[key], entry.generation == generation else {
                return ([], .failure(.unknownModel(key)))
            }
            let waiters = entry.waiters ?? []
            entry.waiters = nil
            defer { state.entries[key] = entry }
            switch result {
            case .success(let loaded):
                entry.version = loaded.version
                entry.source = loaded.source
                entry.lastUse = .now
                let served = Served(
                    key: key, version: loaded.version, profile: entry.specification.profile)
                return (waiters, .success(served))
            case .failure(let error):
                return (waiters, .failure(Self.sentence(error, key)))
            }
        }
        for waiter in waiters { waiter(outcome) }
        expireLater()
    }

    /// Loads what a specification names, after making room for it. On the loader's queue.
    ///
    /// - Throws: `ServingError.noMemory`, before anything is read; whatever else keeps it from being
    ///   loaded.
    func loaded(_ specification: Specification) throws -> Loaded {
        let result = Result { try loadedUncounted(specification) }
        state.withLock { state in
            state.tally(specification.key) { tally in
                switch result {
                case .success: tally.loads += 1
                case .failure: tally.failedLoads += 1
                }
            }
        }
        return try result.get()
    }

    private func loadedUncounted(_ specification: Specification) throws -> Loaded {
        // It may be long since the files were looked for, and a trainer saves and deletes.
        // What was swapped in by name is wanted for as long as it is there.
        let isThere =
            specification.folder.checkpoint.map { FileIdentity($0.path) != nil } ?? false
        let folder =
            specification.keepsCheckpoint && isThere
            ? specification.folder : try specification.folder.withNewestCheckpoint()
        let source = ModelSource(folder, form: specification.form)
        try makeRoom(
            for: loader.byteCount(of: folder, form: specification.form), key: specification.key)
        // Also of a load that has failed: damaged files leave as much behind.
        defer { returnFreedMemory() }
        let version = try behindOthers { [loader] in
            try loader.load(folder, form: specification.form)
        }
        memory.count(version)
        return (version, source)
    }

    /// Loads a model before it is asked for.
    ///
    /// - Returns: nil where it would have to take another's place.
    /// - Throws: `ServingError`.
    public func preload(_ key: String) throws -> Served? {
        guard let specification = state.withLock({ $0.entries[key]?.specification }) else {
            throw ServingError.unknownModel(key)
        }
        guard fits(specification) else { return nil }
        do {
            return try acquireAndWait(key)
        } catch ServingError.noMemory {
            // Somebody has asked for another meanwhile.
            return nil
        }
    }

    /// Whether a model fits beside those that are loaded; one that cannot even be asked does.
    func fits(_ specification: Specification) -> Bool {
        let bytes = try? loader.byteCount(of: specification.folder, form: specification.form)
        return bytes.map { budget.missing(for: $0, beside: memory.byteCount) == 0 } ?? true
    }

    static func sentence(_ error: any Error, _ key: String) -> ServingError {
        error as? ServingError ?? .loadFailed(key: key, reason: "\(error)")
    }

    private func makeRoom(for bytes: Int, key: String) throws(ServingError) {
        let missing = budget.missing(for: bytes, beside: memory.byteCount)
        guard missing > 0 else { return }
        guard let gone = state.withLock({ $0.makeRoom(for: missing) }) else {
            throw .noMemory(key: key, missing: missing)
        }
        onUnload(gone.keys.sorted())
    }

    /// Takes out what has not been used for its time, now and whenever another's time is over.
    func expireLater() {
        let (gone, next) = state.withLock { $0.expire(at: .now) }
        if !gone.isEmpty { onUnload(gone.keys.sorted()) }
        guard let next else { return }
        let isFirst = state.withLock { state in
            // One look is enough, where it comes early enough.
            guard state.nextLook.map({ $0 > next }) ?? true else { return false }
            state.nextLook = next
            return true
        }
        guard isFirst else { return }
        let seconds = max(0, (next - .now) / .seconds(1))
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + seconds) { [weak self] in
            guard let self else { return }
            let isLatest = self.state.withLock { state in
                guard state.nextLook == next else { return false }
                state.nextLook = nil
                return true
            }
            if isLatest { self.expireLater() }
        }
    }
}

/// Runs `body` on a thread that gets little of the cores while others want them, as do the threads that it
/// starts itself; on this one, where the system gives no other.
private func behindOthers<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) throws -> Value {
    let result = Mutex<Result<Value, any Error>?>(nil)
    // By when the thread has gone, and with it what it held: the model would count as used.
    onNewThread { isOwn in
        // Of 0 for the thread that calls; refused, it only stays as it is.
        if isOwn { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, loaderNiceness) }
        let outcome = Result { try body() }
        result.withLock { $0 = outcome }
    }
    // Taken out for the same reason.
    guard let outcome = result.withLock({ $0.take() }) else { preconditionFailure("it has run") }
    return try outcome.get()
}

/// A tenth of a core's time, where others want all of it: at the very least there is, a model would take
/// minutes to load beside others that are asked without a pause.
private let loaderNiceness: Int32 = 10
