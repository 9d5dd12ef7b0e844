import Serving
import Synchronization

/// Where a reply stands between its request and its end, for those who may end it from outside, or
/// hold it up: the client who goes or reads slowly, the deadline that passes, the sanitizer that has
/// heard enough.
final class PendingReply: Sendable {
    private enum State {
        /// Its model is being loaded, or it has not come to its turn.
        case waiting
        /// The engine has it; its ticket comes a moment later.
        case generating(Engine.Ticket?, isPaused: Bool)
        case over
    }

    // The engine's lock is taken under this one, and never the other way round.
    private let state = Mutex(State.waiting)

    /// Whether it has not come to the engine, and was not ended.
    var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Takes the reply on to the engine; false where it has been ended before.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .generating(nil, isPaused: false)
            return true
        }
    }

    /// Ends a reply that has not come to the engine; false where it has, or was ended before.
    func giveUpWaiting() -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .over
            return true
        }
    }

    /// Notes how the engine can be told; tells it at once what has been decided meanwhile.
    func attach(_ ticket: Engine.Ticket) {
        state.withLock { state in
            guard case .generating(_, let isPaused) = state else { return ticket.cancel() }
            state = .generating(ticket, isPaused: isPaused)
            if isPaused { ticket.pause() }
        }
    }

    /// Has no more tokens made until `resume`.
    func pause() { setPaused(true) }

    func resume() { setPaused(false) }

    private func setPaused(_ isPaused: Bool) {
        state.withLock { state in
            guard case .generating(let ticket, _) = state else { return }
            state = .generating(ticket, isPaused: isPaused)
            if isPaused { ticket?.pause() } else { ticket?.resume() }
        }
    }

    /// Ends the reply wherever it is.
    func end() {
        state.withLock { state in
            if case .generating(let ticket, _) = state { ticket?.cancel() }
            state = .over
        }
    }
}
