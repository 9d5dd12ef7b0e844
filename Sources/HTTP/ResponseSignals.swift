import Synchronization

/// What a connection and the writer of one answer tell each other across threads.
final class ResponseSignals: Sendable {
    private struct State {
        /// Handed over by the writer and not yet taken by the connection's queue.
        var underway = 0
        /// Waiting for the client, as the connection last said.
        var unsent = 0
        var isCongested = false
        var isGone = false
        /// The writer has said its last word.
        var hasEnded = false
        var onDisconnect: (@Sendable () -> Void)?
        var onRelief: [@Sendable () -> Void] = []
    }

    private let limits: HTTPLimits
    private let state = Mutex(State())

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    // MARK: The writer's side

    var isCongested: Bool { state.withLock { $0.isCongested } }

    /// - Returns: Whether anything may still be said.
    func willWrite(_ count: Int) -> Bool {
        state.withLock {
            guard !$0.hasEnded else { return false }
            $0.underway += count
            $0.isCongested = $0.isCongested || $0.underway + $0.unsent > limits.highWaterBytes
            return true
        }
    }

    /// - Returns: Whether this was the first time, so that the answer is to be ended now.
    func willEnd() -> Bool {
        // What the action holds is let go of outside the lock.
        let (isFirst, _) = state.withLock { state in
            defer { state.hasEnded = true }
            return (!state.hasEnded, state.onDisconnect.take())
        }
        return isFirst
    }

    func onDisconnect(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock {
            if !$0.isGone, !$0.hasEnded { $0.onDisconnect = action }
            return $0.isGone && !$0.hasEnded
        }
        if isGone { action() }
    }

    func onRelief(_ action: @escaping @Sendable () -> Void) {
        let isRelieved = state.withLock {
            let isRelieved = !$0.isCongested || $0.isGone
            if !isRelieved { $0.onRelief.append(action) }
            return isRelieved
        }
        if isRelieved { action() }
    }

    // MARK: The connection's side

    /// The queue has taken `count` bytes from the writer.
    func didTake(_ count: Int) {
        state.withLock { $0.underway -= count }
    }

    /// So many bytes wait for the client now.
    func update(unsent: Int) {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            state.unsent = unsent
            let waiting = state.underway + unsent
            if waiting > limits.highWaterBytes { state.isCongested = true }
            guard state.isCongested, waiting < limits.lowWaterBytes else { return [] }
            state.isCongested = false
            defer { state.onRelief = [] }
            return state.onRelief
        }
        for action in actions { action() }
    }

    /// The client has gone, or is taken to have.
    func disconnect() {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            state.isGone = true
            defer { state.onRelief = [] }
            return (state.onDisconnect.take().map { [$0] } ?? []) + state.onRelief
        }
        for action in actions { action() }
    }
}
