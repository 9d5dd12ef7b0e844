/// Decides which sequences the engine steps next.
///
/// A pure state machine: requests, results and measured costs go in, steps come out. No clock, no
/// thread and no model is inside. Turns go to the model that has used least, so that busy models
/// share the cores; within a model every running sequence advances by one token a step, and one
/// waiting sequence is admitted.
public struct Scheduler: Sendable {
    public typealias SequenceID = UInt64
    /// Names one version of one model.
    public typealias ModelID = UInt64

    public struct Limits: Sendable {
        /// Sequences of one model that are generated side by side.
        public var running = 16
        /// Requests for one model that may wait beyond those.
        public var waiting = 64

        public init() {}
    }

    /// What the engine is to do next.
    public struct Step: Sendable, Equatable {
        public let model: ModelID
        /// A sequence that starts: its prompt is to be run.
        public let starting: SequenceID?
        /// Sequences that get their next token, oldest first.
        public let continuing: [SequenceID]
    }

    private struct Queue {
        var waiting: [SequenceID] = []
        var running: [SequenceID] = []
        /// What its steps have cost, in whatever unit the engine measures.
        var used: Double
        /// When it came, or had its last step: of models that have used as much, the one that has
        /// waited longest is next.
        var lastTurn: UInt64
        var isIdle: Bool { waiting.isEmpty && running.isEmpty }
    }

    private let limits: Limits
    private var queues: [ModelID: Queue] = [:]
    private var turn: UInt64 = 0

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// How many requests wait for a model.
    public func waitingCount(_ model: ModelID) -> Int { queues[model]?.waiting.count ?? 0 }

    /// How many sequences there are, waiting and running.
    public var count: Int {
        queues.values.reduce(0) { $0 + $1.waiting.count + $1.running.count }
    }

    /// Puts a request in its model's queue; false when that is full.
    public mutating func submit(_ sequence: SequenceID, to model: ModelID) -> Bool {
        turn += 1
        // Whoever comes back starts level with the least of the others, not with a credit for the
        // time it was away.
        var queue =
            queues[model] ?? Queue(used: queues.values.map(\.used).min() ?? 0, lastTurn: turn)
        // Slots that are free count as well: one sequence starts a step, many may come at once.
        let free = max(0, limits.running - queue.running.count)
        guard queue.waiting.count - free < limits.waiting else { return false }
        queue.waiting.append(sequence)
        queues[model] = queue
        return true
    }

    /// Takes out a sequence that has ended, failed or been cancelled; it may be unknown.
    public mutating func remove(_ sequence: SequenceID, from model: ModelID) {
        guard var queue = queues[model] else { return }
        queue.waiting.removeAll { $0 == sequence }
        queue.running.removeAll { $0 == sequence }
        queues[model] = queue.isIdle ? nil : queue
    }

    /// The next step; nil when there is nothing to do. What starts in it is running from then on.
    public mutating func next() -> Step? {
        let least = queues.min {
            ($0.value.used, $0.value.lastTurn) < ($1.value.used, $1.value.lastTurn)
        }
        guard let (model, before) = least else { return nil }
        var queue = before
        turn += 1
        queue.lastTurn = turn
        let continuing = queue.running
        var starting: SequenceID?
        if queue.running.count < limits.running, !queue.waiting.isEmpty {
            let first = queue.waiting.removeFirst()
            queue.running.append(first)
            starting = first
        }
        queues[model] = queue
        return Step(model: model, starting: starting, continuing: continuing)
    }

    /// Notes what a step of a model has cost.
    public mutating func charge(_ cost: Double, to model: ModelID) {
        queues[model]?.used += cost
    }
}
