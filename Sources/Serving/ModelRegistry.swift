import Checkpoints
import Foundation
import Synchronization

/// The models that can be asked, by key, and the loaded version of each.
///
/// Whoever asks gets a reference to one version together with the profile it is served with, and
/// keeps both until it is done. A swap loads the new versions first and then exchanges the
/// references under the lock, all at once; the old weights are freed by whoever finishes last.
/// Nothing is loaded, and nobody waits, under the lock. Models that nobody uses make room for others
/// and go when their time is over.
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
        /// Whether it stays loaded whoever else needs memory.
        public let isPinned: Bool
        /// How long it stays loaded unasked; nil for ever.
        public let timeToLive: Duration?
        /// Whether the folder's checkpoint as it was found is wanted, and not the newest there is.
        private(set) var keepsCheckpoint = false
        /// Whether a call has put another checkpoint in the place of the one that was specified.
        private(set) var isSwapped = false

        public init(
            key: String, folder: ModelFolder, form: ModelForm = ModelForm(), profile: Profile,
            preload: Bool, isPinned: Bool = false, timeToLive: Duration? = nil
        ) {
            self.key = key
            self.folder = folder
            self.form = form
            self.profile = profile
            self.preload = preload
            self.isPinned = isPinned
            self.timeToLive = timeToLive
        }

        /// The same with another folder's checkpoint, even if newer ones come to lie beside it.
        func with(_ folder: ModelFolder, isSwapped: Bool) -> Self {
            var copy = Self(
                key: key, folder: folder, form: form, profile: profile, preload: preload,
                isPinned: isPinned, timeToLive: timeToLive)
            copy.keepsCheckpoint = true
            copy.isSwapped = isSwapped
            return copy
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
        public let version: VersionSummary?
        /// The files it is served from, or would be.
        public let folder: ModelFolder
        /// Whether that is another checkpoint than was specified, by a swap.
        public let isSwapped: Bool
        /// Whether there is something to go back to.
        public let canRollBack: Bool
    }

    public typealias Completion = @Sendable (Result<Served, ServingError>) -> Void

    let state = Mutex(State())
    let loader: ModelLoader
    let budget: MemoryBudget
    let memory = ModelMemory()
    /// Where models are loaded, one at a time.
    let loading = DispatchQueue(label: "dixie.loader", qos: .utility)
    let onUnload: @Sendable ([String]) -> Void

    /// - Parameters:
    ///   - specifications: what is to be served.
    ///   - loader: loads the models.
    ///   - budget: how much memory they may take together.
    ///   - onUnload: told of the models that are taken out of memory, on whichever thread does it.
    public init(
        _ specifications: [Specification], loader: ModelLoader = ModelLoader(.nowhere),
        budget: MemoryBudget = .unlimited,
        onUnload: @escaping @Sendable ([String]) -> Void = { _ in }
    ) {
        self.loader = loader
        self.budget = budget
        self.onUnload = onUnload
        state.withLock { state in
            for specification in specifications {
                state.install(specification, specification.source, version: nil)
            }
        }
    }

    // MARK: - Asking

    /// The keys, in the configuration's order.
    public var keys: [String] { state.withLock { $0.order } }

    public var statuses: [Status] {
        state.withLock { state in
            state.order.compactMap { state.entries[$0] }.map {
                Status(
                    key: $0.specification.key, profile: $0.specification.profile,
                    version: $0.version.map { VersionSummary($0) }, folder: $0.source.folder,
                    isSwapped: $0.specification.isSwapped, canRollBack: $0.previous != nil)
            }
        }
    }

    /// The numbers of all models' versions; nil while one of them is not loaded.
    public var loadedNumbers: [Scheduler.ModelID]? {
        state.withLock { state in
            // Not the versions themselves: who holds one keeps it from making room. And no key path,
            // which of a generic type would be made anew at each call.
            let numbers = state.entries.values.compactMap { $0.version?.number }
            return numbers.count == state.entries.count ? numbers : nil
        }
    }

    /// Takes a model out of memory before its time, unless it is pinned or in use.
    ///
    /// - Parameter key: which; the next request loads it again.
    /// - Returns: whether it was taken out.
    @discardableResult
    public func unload(_ key: String) -> Bool {
        let gone = state.withLock { $0.unload(key) }
        if gone != nil { onUnload([key]) }
        return gone != nil
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
        acquire(key, mostWaiters: State.mostWaiters, completion)
    }

    private func acquire(
        _ key: String, mostWaiters: Int, _ completion: @escaping Completion
    ) {
        let outcome = state.withLock {
            $0.acquire(key, at: .now, mostWaiters: mostWaiters, completion)
        }
        switch outcome {
        case .unknown: completion(.failure(.unknownModel(key)))
        case .ready(let served): completion(.success(served))
        case .full(let waiting): completion(.failure(.queueFull(waiting: waiting, seconds: 1)))
        case .waits: break
        case .loads(let specification, let generation):
            loading.async { self.load(key, specification, generation) }
        }
    }

    /// Has a model loaded that nobody has asked for yet; where somebody has, there is nothing to do.
    ///
    /// - Parameters:
    ///   - key: which model.
    ///   - completion: as of `acquire`; not called where there is nothing to do.
    public func prime(_ key: String, _ completion: @escaping Completion) {
        let isUnderWay = state.withLock { $0.entries[key]?.waiters != nil }
        if !isUnderWay { acquire(key, completion) }
    }

    /// `acquire` for a thread that may wait, however many others do.
    ///
    /// - Parameter key: which model.
    /// - Returns: what it is served with.
    /// - Throws: `ServingError`.
    public func acquireAndWait(_ key: String) throws -> Served {
        let result = Mutex<Result<Served, ServingError>?>(nil)
        let arrived = DispatchSemaphore(value: 0)
        acquire(key, mostWaiters: .max) { outcome in
            result.withLock { $0 = outcome }
            arrived.signal()
        }
        arrived.wait()
        // Taken out: the loader may hold on to who has waited a little longer, and so to the model.
        return try (result.withLock { $0.take() } ?? .failure(.unknownModel(key))).get()
    }
}
