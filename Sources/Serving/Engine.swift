import Compute
import Foundation
import GPT2
import Synchronization

/// Generates replies: one thread that runs one model's step at a time, chosen by the scheduler; all
/// sequences of the model go through it together.
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
    }

    private struct State {
        var scheduler: Scheduler
        var sequences: [Scheduler.SequenceID: ActiveSequence] = [:]
        var cancelled: [Scheduler.SequenceID] = []
        var lastID: Scheduler.SequenceID = 0
        var isStopping = false
    }

    private let state: Mutex<State>
    private let news = DispatchSemaphore(value: 0)
    private let pool: ThreadPool

    public init(pool: ThreadPool, limits: Scheduler.Limits = Scheduler.Limits()) {
        self.pool = pool
        state = Mutex(State(scheduler: Scheduler(limits)))
        let thread = Thread { [self] in run() }
        thread.name = "dixie.engine"
        thread.stackSize = 4 << 20
        thread.start()
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
        precondition(!request.prompt.isEmpty && request.maximumTokens > 0)
        precondition(request.prompt.count + request.maximumTokens <= version.contextLength)
        let id = try state.withLock { state throws(ServingError) in
            guard !state.isStopping else { throw .stopping }
            state.lastID += 1
            let id = state.lastID
            guard state.scheduler.submit(id, to: version.number) else {
                throw .queueFull(waiting: state.scheduler.waitingCount(version.number))
            }
            state.sequences[id] = ActiveSequence(
                id: id, version: version, request: request, deliver: deliver)
            return id
        }
        news.signal()
        return Ticket(id: id, engine: self)
    }

    /// Requests that wait or are being answered.
    public var load: Int { state.withLock { $0.scheduler.count } }

    /// Takes no more requests and cancels those it has; its thread then ends.
    public func stop() {
        state.withLock {
            $0.isStopping = true
            $0.cancelled += $0.sequences.keys
        }
        news.signal()
    }

    private func cancel(_ id: Scheduler.SequenceID) {
        state.withLock { if $0.sequences[id] != nil { $0.cancelled.append(id) } }
        news.signal()
    }
}

// MARK: - The thread

extension Engine {
    private func run() {
        var workspaces: [Hyperparameters: Workspace] = [:]
        // How long the latest step took: a deadline nearer than that cannot be kept by another.
        var latest = Duration.zero
        while true {
            dropCancelled()
            dropLate(at: ContinuousClock.now, stepTakes: latest)
            let (step, sequences, isStopping) = state.withLock { state in
                let step = state.scheduler.next()
                let ids = (step?.continuing ?? []) + (step?.starting.map { [$0] } ?? [])
                return (step, ids.compactMap { state.sequences[$0] }, state.isStopping)
            }
            guard let step else {
                if isStopping { return }
                // What comes next has nothing to do with the last step of the time before.
                latest = .zero
                news.wait()
                continue
            }
            let start = ContinuousClock.now
            run(sequences, &workspaces)
            latest = ContinuousClock.now - start
            state.withLock { $0.scheduler.charge(latest / .nanoseconds(1), to: step.model) }
        }
    }

    /// The most tokens of prompts in one pass: a long prompt comes in parts, so that those who are
    /// being answered wait for one part of it at most.
    private static let promptTokensOfAPass = 256

    /// One pass of some sequences of one model.
    private func run(
        _ sequences: [ActiveSequence], _ workspaces: inout [Hyperparameters: Workspace]
    ) {
        var room = Self.promptTokensOfAPass
        var passed: [(sequence: ActiveSequence, piece: SequencePiece)] = []
        for sequence in sequences {
            attempt(sequence) {
                guard let piece = try sequence.nextPiece(promptTokens: room) else { return }
                if !sequence.hasBegun { room -= piece.tokens.count }
                passed.append((sequence, piece))
            }
        }
        guard let model = passed.first?.sequence.version.model else { return }
        let logits: Matrix
        do {
            let workspace =
                try workspaces[model.hyperparameters] ?? Workspace(model.hyperparameters)
            workspaces[model.hyperparameters] = workspace
            logits = try model.forward(passed.map(\.piece), workspace: workspace, on: pool)
        } catch {
            for (sequence, _) in passed { fail(sequence, error) }
            return
        }
        var row = 0
        for (sequence, piece) in passed where piece.logitRows > 0 {
            attempt(sequence) {
                if let end = try sequence.take(logits.rows(row..<row + 1).floats) {
                    remove(sequence)
                    sequence.deliver(end)
                }
            }
            row += 1
        }
    }

    private func attempt(_ sequence: ActiveSequence, _ body: () throws -> Void) {
        do { try body() } catch { fail(sequence, error) }
    }

    private func fail(_ sequence: ActiveSequence, _ error: any Error) {
        remove(sequence)
        sequence.deliver(.failed(.generationFailed(reason: "\(error)")))
    }

    private func dropCancelled() {
        let dropped = state.withLock { state in
            defer { state.cancelled = [] }
            return state.cancelled.compactMap { state.sequences[$0] }
        }
        for sequence in dropped where remove(sequence) { sequence.deliver(.failed(.cancelled)) }
    }

    /// Ends what is late, and what has begun and would be late after one more step.
    private func dropLate(at now: ContinuousClock.Instant, stepTakes step: Duration) {
        let late = state.withLock { state in
            state.sequences.values.filter { sequence in
                guard let deadline = sequence.request.deadline else { return false }
                return deadline <= (sequence.hasBegun ? now + step : now)
            }
        }
        for sequence in late where remove(sequence) { sequence.deadlinePassed() }
    }

    @discardableResult
    private func remove(_ sequence: ActiveSequence) -> Bool {
        state.withLock {
            $0.scheduler.remove(sequence.id, from: sequence.version.number)
            return $0.sequences.removeValue(forKey: sequence.id) != nil
        }
    }
}
