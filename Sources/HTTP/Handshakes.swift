import Dispatch
import Synchronization

/// Lets so many connections shake hands at a time, and no client keep the others from it.
///
/// Without it, clients that begin a handshake and stay silent would each hold what a handshake needs
/// of memory; without the patience of `HandshakeQueue`, a few of them would keep everybody out.
final class Handshakes: Sendable {
    private struct State {
        var queue: HandshakeQueue
        var connections: [Int: Actions] = [:]
        var isCheckUnderway = false
    }

    private struct Actions {
        let onTurn: @Sendable () -> Void
        let onOverdue: @Sendable () -> Void
    }

    private let state: Mutex<State>
    private let timer = DispatchQueue(label: "http.handshakes", qos: .userInitiated)

    init(limit: Int) { state = Mutex(State(queue: HandshakeQueue(limit: limit))) }

    /// Has a connection wait for its turn. `end` must be called when its handshake is over, or it is
    /// closed.
    ///
    /// - Parameters:
    ///   - id: the connection's number.
    ///   - onTurn: called once, perhaps at once and perhaps from another thread, when it may begin.
    ///   - onOverdue: called when it has taken so long that it is to be closed.
    func begin(
        _ id: Int, onTurn: @escaping @Sendable () -> Void,
        onOverdue: @escaping @Sendable () -> Void
    ) {
        let isItsTurn = state.withLock {
            $0.connections[id] = Actions(onTurn: onTurn, onOverdue: onOverdue)
            return $0.queue.begin(id, at: .now)
        }
        if isItsTurn { onTurn() } else { check() }
    }

    func end(_ id: Int) {
        let next = state.withLock { state in
            state.connections[id] = nil
            return state.queue.end(id, at: .now).flatMap { state.connections[$0] }
        }
        next?.onTurn()
    }

    private func check() {
        let (overdue, next) = state.withLock { state in
            let overdue = state.queue.overdue(at: .now).compactMap { state.connections[$0] }
            guard !state.isCheckUnderway, let next = state.queue.nextCheck else {
                return (overdue, nil as ContinuousClock.Instant?)
            }
            state.isCheckUnderway = true
            return (overdue, next)
        }
        for connection in overdue { connection.onOverdue() }
        guard let next else { return }
        // Not before those who were told just now have had the time to go.
        let wait = max(0.05, (next - .now) / .seconds(1))
        timer.asyncAfter(deadline: .now() + wait) { [self] in
            state.withLock { $0.isCheckUnderway = false }
            check()
        }
    }
}
