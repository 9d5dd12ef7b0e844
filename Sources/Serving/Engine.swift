import Compute
import Foundation
import GPT2
import Synchronization

/// Generates replies: one thread that runs one model's pass at a time, chosen by the scheduler; all
/// running sequences of the model go through it together, those that read their prompts too.
///
/// Requests come in through `submit`, which never waits; what they make leaves through the closure
/// given with them, called on the engine's thread, which must not block.
public final class Engine: Sendable {
    /// A request under way; cancelled when its client has gone.
    public struct Ticket: Sendable {
        let id: Scheduler.SequenceID
        let engine: Engine

        /// Ends the request before its next token; its closure gets `.failed(.cancelled)`.
        public func cancel() { engine.cancel(id) }

        /// Makes no more tokens after those of the pass under way. The request keeps its slot, and its
        /// deadline holds.
        public func pause() { engine.setPaused(true, id) }

        public func resume() { engine.setPaused(false, id) }
    }

    /// Passes through a model's weights.
    public struct PassCounts: Sendable {
        public private(set) var passes = 0
        /// The replies that went through each, added up.
        public private(set) var sequences = 0

        mutating func note(_ count: Int) {
            passes += 1
            sequences += count
        }
    }

    private struct State {
        var scheduler: Scheduler
        var sequences: [Scheduler.SequenceID: ActiveSequence] = [:]
        var cancelled: [Scheduler.SequenceID] = []
        var lastID: Scheduler.SequenceID = 0
        var pace = Pace()
        var passes = PassCounts()
        /// What the requests that are here may get, together.
        var tokensOwed = 0
        var isStopping = false

        func queueFull(_ version: Scheduler.ModelID) -> ServingError {
            // Those that run are half through, as far as anybody knows here.
            .queueFull(
                waiting: scheduler.waitingCount(version),
                seconds: pace.seconds(for: tokensOwed / 2))
        }
    }

    private let state: Mutex<State>
    /// Versions that nobody holds any more. It has a lock of its own, because the last to let go of
    /// a version may hold the other.
    private let releasedVersions = Mutex<[Scheduler.ModelID]>([])
    private let keptBytes = Atomic<Int>(0)
    private let news = DispatchSemaphore(value: 0)
    private let pool: ThreadPool

    /// - Parameters:
    ///   - pool: does the arithmetic.
    ///   - limits: how many may run and wait.
    ///   - prefixCache: bytes for what was computed for replies that have ended; 0 computes every
    ///     prompt anew.
    public init(
        pool: ThreadPool, limits: Scheduler.Limits = Scheduler.Limits(), prefixCache: Int = 0
    ) {
        self.pool = pool
        state = Mutex(State(scheduler: Scheduler(limits)))
        let thread = Thread { [self] in
            run(PassRunner(prefixes: PrefixSharing(byteLimit: prefixCache), pool: pool))
        }
        thread.name = "dixie.engine"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Refuses what `submit` would refuse for lack of room, before anything is done for it.
    ///
    /// - Parameter version: the number of what the reply would come from.
    /// - Throws: `ServingError.queueFull`.
    public func requireRoom(for version: Scheduler.ModelID) throws(ServingError) {
        try state.withLock { state throws(ServingError) in
            guard state.scheduler.hasRoom(version) else { throw state.queueFull(version) }
        }
    }

    /// Puts a request in its model's queue.
    ///
    /// - Parameters:
    ///   - request: with a prompt and a length that fit the model's context together.
    ///   - version: what the whole reply is to come from.
    ///   - deliver: gets the reply's pieces in order, then its end, on the engine's thread.
    /// - Returns: a way to cancel it.
    /// - Throws: `ServingError.queueFull` or `.stopping`; `deliver` is then never called.
    @discardableResult
    public func submit(
        _ request: GenerationRequest, on version: ModelVersion,
        deliver: @escaping @Sendable (GenerationEvent) -> Void
    ) throws -> Ticket {
        precondition(!request.prompt.isEmpty)
        precondition(request.maximumTokens > (request.scoresPrompt ? -1 : 0))
        precondition(request.prompt.count + request.maximumTokens <= version.contextLength)
        let id = try state.withLock { state throws(ServingError) in
            guard !state.isStopping else { throw .stopping }
            state.lastID += 1
            let id = state.lastID
            guard state.scheduler.submit(id, to: version.number) else {
                throw state.queueFull(version.number)
            }
            state.tokensOwed += request.maximumTokens
            state.sequences[id] = ActiveSequence(
                id: id, version: version, request: request, deliver: deliver)
            return id
        }
        news.signal()
        return Ticket(id: id, engine: self)
    }

    /// Requests that wait or are being answered.
    public var load: Int { state.withLock { $0.scheduler.count } }

    /// Of each model's number, how many wait and run.
    public var queueCounts: [Scheduler.ModelID: Scheduler.QueueCount] {
        state.withLock { $0.scheduler.queueCounts }
    }

    /// How many passes there were since the start.
    public var passCounts: PassCounts { state.withLock { $0.passes } }

    /// The bytes of what was computed for replies that have ended.
    public var prefixCacheBytes: Int { keptBytes.load(ordering: .relaxed) }

    /// Takes no more requests and cancels those it has; its thread then ends.
    public func stop() {
        state.withLock {
            $0.isStopping = true
            $0.cancelled += $0.sequences.keys
        }
        news.signal()
    }

    private func setPaused(_ isPaused: Bool, _ id: Scheduler.SequenceID) {
        state.withLock {
            guard let model = $0.sequences[id]?.version.number else { return }
            $0.scheduler.setPaused(isPaused, id, of: model)
        }
        if !isPaused { news.signal() }
    }

    private func cancel(_ id: Scheduler.SequenceID) {
        state.withLock { if $0.sequences[id] != nil { $0.cancelled.append(id) } }
        news.signal()
    }
}

// MARK: - The thread

extension Engine {
    private func run(_ runner: PassRunner) {
        var runner = runner
        // Whose end is listened for.
        var versions: [Scheduler.ModelID: Hyperparameters] = [:]
        // How long the latest pass took: a deadline nearer than that cannot be kept by another.
        var latest = Duration.zero
        while true {
            keep(dropCancelled(), &runner, &versions)
            keep(dropLate(at: .now, passTakes: latest), &runner, &versions)
            forgetReleased(&runner, &versions)
            let (turn, sequences, isStopping) = state.withLock { state in
                let turn = state.scheduler.nextTurn()
                let sequences = (turn?.running ?? []).compactMap { state.sequences[$0] }
                return (turn, sequences, state.isStopping)
            }
            guard let turn else {
                if isStopping { return }
                // What comes next has nothing to do with the last pass of the time before.
                latest = .zero
                waitForNews()
                continue
            }
            let start = ContinuousClock.now
            let endings = runner.run(turn, sequences)
            for (sequence, event) in endings {
                remove(sequence)
                sequence.deliver(event)
            }
            // When everybody has the token: copying takes a while.
            keep(endings.filter(\.event.isFinish).map(\.sequence), &runner, &versions)
            latest = ContinuousClock.now - start
            state.withLock {
                $0.scheduler.charge(latest / .nanoseconds(1), to: turn.model)
                $0.passes.note(sequences.count)
                $0.pace.note(tokens: sequences.count, seconds: latest / .seconds(1))
            }
        }
    }

    /// Until something comes, or the deadline of one that is paused.
    private func waitForNews() {
        let deadline = state.withLock { $0.sequences.values.compactMap(\.request.deadline).min() }
        guard let deadline else { return news.wait() }
        _ = news.wait(timeout: .now() + max(0, (deadline - .now) / .seconds(1)))
    }

    private func dropCancelled() -> [ActiveSequence] {
        let cancelled = state.withLock { state in
            defer { state.cancelled = [] }
            return state.cancelled.compactMap { state.sequences[$0] }
        }
        let dropped = cancelled.filter { remove($0) }
        for sequence in dropped { sequence.deliver(.failed(.cancelled)) }
        return dropped
    }

    /// Ends what is late, and what has begun and would be late after one more pass.
    private func dropLate(
        at now: ContinuousClock.Instant, passTakes pass: Duration
    ) -> [ActiveSequence] {
        let late = state.withLock { state in
            state.sequences.values.filter { sequence in
                guard let deadline = sequence.request.deadline else { return false }
                return deadline <= (sequence.hasBegun ? now + pass : now)
            }
        }
        let dropped = late.filter { remove($0) }
        for sequence in dropped { sequence.deadlinePassed() }
        return dropped
    }

    /// Takes a sequence off the books; false where it has been taken off before.
    @discardableResult
    private func remove(_ sequence: ActiveSequence) -> Bool {
        state.withLock {
            $0.scheduler.remove(sequence.id, from: sequence.version.number)
            guard $0.sequences.removeValue(forKey: sequence.id) != nil else { return false }
            $0.tokensOwed -= sequence.request.maximumTokens
            return true
        }
    }

    /// Keeps what was computed for some sequences, for as long as somebody has their version.
    private func keep(
        _ sequences: [ActiveSequence], _ runner: inout PassRunner,
        _ versions: inout [Scheduler.ModelID: Hyperparameters]
    ) {
        guard !sequences.isEmpty, !state.withLock({ $0.isStopping }) else { return }
        for sequence in sequences {
            let number = sequence.version.number
            let shape = sequence.version.model.hyperparameters
            if versions.updateValue(shape, forKey: number) == nil {
                sequence.version.released.notify { [weak self] in
                    self?.releasedVersions.withLock { $0.append(number) }
                    self?.news.signal()
                }
            }
            runner.prefixes.keep(sequence, on: pool)
        }
        keptBytes.store(runner.prefixes.byteCount, ordering: .relaxed)
    }

    private func forgetReleased(
        _ runner: inout PassRunner, _ versions: inout [Scheduler.ModelID: Hyperparameters]
    ) {
        let released = releasedVersions.withLock { released in
            defer { released = [] }
            return released
        }
        guard !released.isEmpty else { return }
        for version in released { runner.prefixes.forget(version) }
        let gone = Set(released.compactMap { versions.removeValue(forKey: $0) })
        let running = state.withLock { $0.sequences.values.map(\.version.model.hyperparameters) }
        for shape in gone.subtracting(running).subtracting(versions.values) { runner.forget(shape) }
        keptBytes.store(runner.prefixes.byteCount, ordering: .relaxed)
    }
}
