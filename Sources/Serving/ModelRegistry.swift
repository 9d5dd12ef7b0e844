import Checkpoints
import Foundation
import Synchronization

/// The models that can be asked, by key, and the loaded version of each.
///
/// Whoever asks gets a reference to one version together with the profile it is served with, and
/// keeps both until it is done. A swap loads the new versions first and then exchanges the
/// references under the lock, all at once; the old weights are freed by whoever finishes last.
/// Nothing is loaded, and nobody waits, under the lock.
///
/// - `Profile`: what the layer above keeps with a model, such as its default settings.
public final class ModelRegistry<Profile: Sendable>: Sendable {
    /// A model as the configuration names it.
    public struct Specification: Sendable {
        public let key: String
        public let folder: ModelFolder
        /// How it is kept in memory.
        public let form: ModelForm
        public let profile: Profile
        /// Whether to load it before it is first asked.
        public let preload: Bool

        public init(
            key: String, folder: ModelFolder, form: ModelForm = ModelForm(), profile: Profile,
            preload: Bool
        ) {
            self.key = key
            self.folder = folder
            self.form = form
            self.profile = profile
            self.preload = preload
        }
    }

    /// What one request is served with.
    public struct Served: Sendable {
        public let key: String
        public let version: ModelVersion
        public let profile: Profile
    }

    /// A model as `GET /models/list` and its kin show it.
    public struct Status: Sendable {
        public let key: String
        public let profile: Profile
        /// Nil while it is not loaded.
        public let version: ModelVersion?
    }

    public typealias Completion = @Sendable (Result<Served, ServingError>) -> Void

    private struct Entry {
        var specification: Specification
        var source: ModelSource
        var version: ModelVersion?
        /// Who waits while it is being loaded; nil when nobody has asked for a load.
        var waiters: [Completion]?
        /// Tells this entry from one that has replaced it under the same key.
        var generation: UInt64
    }

    /// What comes of asking for a model.
    private enum Acquisition {
        case unknown
        case ready(Served)
        case full(waiting: Int)
        case waits
        case loads(Specification, generation: UInt64)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var order: [String] = []
        var lastGeneration: UInt64 = 0
    }

    private let state = Mutex(State())
    private let loader: ModelLoader
    /// Where one model is loaded at a time, behind whatever is being answered.
    private let loading = DispatchQueue(label: "dixie.loader", qos: .utility)

    /// - Parameters:
    ///   - specifications: what is to be served.
    ///   - loader: loads the models.
    public init(
        _ specifications: [Specification], loader: ModelLoader = ModelLoader(.nowhere)
    ) {
        self.loader = loader
        state.withLock { state in
            for specification in specifications {
                Self.install(
                    specification, specification.source, version: nil, in: &state)
            }
        }
    }

    // MARK: - Asking

    /// How many may wait for one model to be loaded: each holds a whole request.
    private static var mostWaiters: Int { 256 }

    /// The keys, in the configuration's order.
    public var keys: [String] { state.withLock { $0.order } }

    public var statuses: [Status] {
        state.withLock { state in
            state.order.compactMap { state.entries[$0] }.map {
                Status(
                    key: $0.specification.key, profile: $0.specification.profile,
                    version: $0.version)
            }
        }
    }

    /// The profile of a model, loaded or not; nil for an unknown key.
    public func profile(_ key: String) -> Profile? {
        state.withLock { $0.entries[key]?.specification.profile }
    }

    /// Gets a model's current version, loading it first if need be.
    ///
    /// - Parameters:
    ///   - key: which model.
    ///   - completion: called at once, on this thread, when the model is loaded; otherwise on the
    ///     loader's queue, so it may neither wait for a model nor change them. A failed load is
    ///     tried again by the next request.
    public func acquire(_ key: String, _ completion: @escaping Completion) {
        let outcome = state.withLock { state -> Acquisition in
            guard var entry = state.entries[key] else { return .unknown }
            if let version = entry.version {
                return .ready(
                    Served(key: key, version: version, profile: entry.specification.profile))
            }
            let isFirst = entry.waiters == nil
            guard entry.waiters?.count ?? 0 < Self.mostWaiters else {
                return .full(waiting: Self.mostWaiters)
            }
            entry.waiters = (entry.waiters ?? []) + [completion]
            state.entries[key] = entry
            return isFirst
                ? .loads(entry.specification, generation: entry.generation) : .waits
        }
        switch outcome {
        case .unknown: completion(.failure(.unknownModel(key)))
        case .ready(let served): completion(.success(served))
        case .full(let waiting): completion(.failure(.queueFull(waiting: waiting)))
        case .waits: break
        case .loads(let specification, let generation):
            loading.async { self.load(key, specification, generation) }
        }
    }

    /// `acquire` for a thread that may wait.
    ///
    /// - Parameter key: which model.
    /// - Returns: what it is served with.
    /// - Throws: `ServingError`.
    public func acquireAndWait(_ key: String) throws -> Served {
        let result = Mutex<Result<Served, ServingError>?>(nil)
        let arrived = DispatchSemaphore(value: 0)
        acquire(key) { outcome in
            result.withLock { $0 = outcome }
            arrived.signal()
        }
        arrived.wait()
        return try (result.withLock { $0 } ?? .failure(.unknownModel(key))).get()
    }

    private func load(_ key: String, _ specification: Specification, _ generation: UInt64) {
        // Whoever waited for an entry that has been replaced waits for its successor now.
        guard state.withLock({ $0.entries[key]?.generation == generation }) else { return }
        let result = Result {
            // It may be long since the files were looked for, and a trainer saves and deletes.
            let folder = try specification.folder.withNewestCheckpoint()
            let source = ModelSource(folder, form: specification.form)
            return (version: try loader.load(folder, form: specification.form), source: source)
        }
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
                let served = Served(
                    key: key, version: loaded.version, profile: entry.specification.profile)
                return (waiters, .success(served))
            case .failure(let error):
                return (waiters, .failure(.loadFailed(key: key, reason: "\(error)")))
            }
        }
        for waiter in waiters { waiter(outcome) }
    }

    // MARK: - Changing

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
    /// - Throws: `ServingError.loadFailed` for the first model that cannot be loaded.
    public func replaceAll(_ specifications: [Specification]) throws -> Change {
        try loading.sync {
            let before = state.withLock { $0.entries }
            var prepared: [(Specification, ModelSource, ModelVersion?)] = []
            for specification in specifications {
                let source = specification.source
                let old = before[specification.key]
                let isSame = old?.source == source
                var version = isSame ? old?.version : nil
                if version == nil, old?.version != nil || specification.preload {
                    version = try loaded(specification)
                }
                prepared.append((specification, source, version))
            }
            return exchange(prepared)
        }
    }

    private func loaded(_ specification: Specification) throws -> ModelVersion {
        do {
            return try loader.load(specification.folder, form: specification.form)
        } catch {
            throw ServingError.loadFailed(key: specification.key, reason: "\(error)")
        }
    }

    private func exchange(
        _ prepared: [(Specification, ModelSource, ModelVersion?)]
    ) -> Change {
        var change = Change()
        let before = state.withLock { state in
            let before = state.entries
            state.entries = [:]
            state.order = []
            for (specification, source, version) in prepared {
                let old = before[specification.key]
                if old == nil {
                    change.added.append(specification.key)
                } else if old?.source != source {
                    change.swapped.append(specification.key)
                } else {
                    change.updated.append(specification.key)
                }
                Self.install(specification, source, version: version ?? nil, in: &state)
            }
            change.removed = before.keys.filter { state.entries[$0] == nil }.sorted()
            // Out of the lock, where giving back the memory of old weights holds nobody up.
            return before
        }
        // Loads run on the loader's queue, which this holds: who waits has not been served.
        for (key, entry) in before {
            for waiter in entry.waiters ?? [] { acquire(key, waiter) }
        }
        return change
    }

    private static func install(
        _ specification: Specification, _ source: ModelSource, version: ModelVersion?,
        in state: inout State
    ) {
        state.lastGeneration += 1
        state.entries[specification.key] = Entry(
            specification: specification, source: source, version: version, waiters: nil,
            generation: state.lastGeneration)
        state.order.append(specification.key)
    }
}

extension ModelRegistry.Specification {
    /// Its files as they are now.
    fileprivate var source: ModelSource { ModelSource(folder, form: form) }
}
