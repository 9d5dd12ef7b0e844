/// Decides which sequences the engine steps next, and how far.
///
/// A pure state machine: requests, results and measured costs go in, turns come out. No clock, no
/// thread and no model is inside. Turns go to the model that has used least, so that busy
/// models share the cores. At each turn waiting sequences take every slot that is free, and each
/// running one gets a piece of the pass: see `Turn.pieces`.
public struct Scheduler: Sendable {
    public typealias SequenceID = UInt64
    /// Names one version of one model.
    public typealias ModelID = UInt64

    public struct Limits: Sendable {
        /// Sequences of one model that are generated side by side.
        public var running = 16
        /// Requests for one model that may wait beyond those.
        public var waiting = 64
        /// Tokens of prompts in one pass, at least 1. A long prompt comes in chunks, so that those
        /// who are being answered wait for one chunk at most.
        public var promptTokens = 256

        public init() {}
    }

    /// Whose pass is next.
    public struct Turn: Sendable, Equatable {
        public let model: ModelID
        /// All sequences of the model that run, oldest first: those that went on, and those that
        /// start with this turn. Those that are paused are left out.
        public let running: [SequenceID]
        /// How many tokens of prompts its pass may have.
        let promptTokens: Int
    }

    private struct Queue {
        var waiting: [SequenceID] = []
        var running: [SequenceID] = []
        /// Those of the running that are left out of turns.
        var paused: Set<SequenceID> = []
        /// What its passes have cost, in whatever unit the engine measures.
        var used: Double
        /// When it came, or had its last turn: of models that have used as much, the one that has
        /// waited longest is next.
        var lastTurn: UInt64
        var isIdle: Bool { waiting.isEmpty && running.isEmpty }

        func hasWork(_ limits: Limits) -> Bool {
            running.count > paused.count || !waiting.isEmpty && running.count < limits.running
        }
    }

    private let limits: Limits
    private var queues: [ModelID: Queue] = [:]
    private var turn: UInt64 = 0

    public init(_ limits: Limits = Limits()) {
        precondition(limits.running > 0 && limits.waiting >= 0 && limits.promptTokens > 0)
        self.limits = limits
    }

    /// How many requests wait for a model.
    public func waitingCount(_ model: ModelID) -> Int { queues[model]?.waiting.count ?? 0 }

    /// How many requests of a model wait, and how many replies are being made.
    public struct QueueCount: Sendable, Equatable {
        public let waiting: Int
        public let running: Int
    }

    /// Of each model that has any.
    public var queueCounts: [ModelID: QueueCount] {
        queues.mapValues { QueueCount(waiting: $0.waiting.count, running: $0.running.count) }
    }

    /// How many sequences there are, waiting and running.
    public var count: Int {
        queues.values.reduce(0) { $0 + $1.waiting.count + $1.running.count }
    }

    /// Whether a model's queue would take another request.
    public func hasRoom(_ model: ModelID) -> Bool {
        guard let queue = queues[model] else { return true }
        // Slots that are free count as well: they are taken at the model's next turn.
        return queue.waiting.count - (limits.running - queue.running.count) < limits.waiting
    }

    /// Puts a request in its model's queue; false when that is full.
    public mutating func submit(_ sequence: SequenceID, to model: ModelID) -> Bool {
        turn += 1
        guard hasRoom(model) else { return false }
        // Whoever comes back starts level with the least of the others, not with a credit for the
        // time it was away.
        var queue = queues[model] ?? Queue(used: 0, lastTurn: turn)
        if !queue.hasWork(limits) { queue.used = max(queue.used, leastUsed) }
        queue.waiting.append(sequence)
        queues[model] = queue
        return true
    }

    /// Takes out a sequence that has ended, failed or been cancelled; it may be unknown.
    public mutating func remove(_ sequence: SequenceID, from model: ModelID) {
        guard var queue = queues[model] else { return }
        queue.waiting.removeAll { $0 == sequence }
        queue.running.removeAll { $0 == sequence }
        queue.paused.remove(sequence)
        queues[model] = queue.isIdle ? nil : queue
    }

    /// Leaves a running sequence out of turns, or takes it in again; it keeps its slot. It may be
    /// unknown.
    public mutating func setPaused(_ isPaused: Bool, _ sequence: SequenceID, of model: ModelID) {
        guard queues[model]?.running.contains(sequence) == true else { return }
        guard !isPaused else {
            queues[model]?.paused.insert(sequence)
            return
        }
        // Being held up earns no credit either.
        let least = leastUsed
        if let queue = queues[model], !queue.hasWork(limits) {
            queues[model]?.used = max(queue.used, least)
        }
        queues[model]?.paused.remove(sequence)
    }

    /// What the model has used that has used least, of those with something to do.
    private var leastUsed: Double {
        queues.values.filter { $0.hasWork(limits) }.map(\.used).min() ?? 0
    }

    /// The next turn, with somebody running in it; nil when there is nothing to do.
    public mutating func nextTurn() -> Turn? {
        let least = queues.filter { $0.value.hasWork(limits) }.min {
            ($0.value.used, $0.value.lastTurn) < ($1.value.used, $1.value.lastTurn)
        }
        guard let (model, before) = least else { return nil }
        var queue = before
        turn += 1
        queue.lastTurn = turn
        let admitted = queue.waiting.prefix(limits.running - queue.running.count)
        queue.running += admitted
        queue.waiting.removeFirst(admitted.count)
        queues[model] = queue
        let running = queue.running.filter { !queue.paused.contains($0) }
        return Turn(model: model, running: running, promptTokens: limits.promptTokens)
    }

    /// Notes what a pass of a model has cost.
    public mutating func charge(_ cost: Double, to model: ModelID) {
        queues[model]?.used += cost
    }
}
