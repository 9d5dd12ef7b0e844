import Serving
import Synchronization

/// Where a reply stands between its request and its end, for those who may end it from outside:
/// the client who goes, the deadline that passes, the sanitizer that has heard enough.
final class PendingReply: Sendable {
    private enum State {
        /// Its model is being loaded, or it has not come to its turn.
        case waiting
        /// The engine has it; its ticket comes a moment later.
        case generating(Engine.Ticket?)
        case over
    }

    private let state = Mutex(State.waiting)

    /// Takes the reply on to the engine; false where it has been ended before.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .generating(nil)
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

    /// Notes how the engine can be told; tells it at once where the reply is over already.
    func attach(_ ticket: Engine.Ticket) {
        let isOver = state.withLock { state in
            guard case .generating = state else { return true }
            state = .generating(ticket)
            return false
        }
        if isOver { ticket.cancel() }
    }

    /// Ends the reply wherever it is.
    func end() {
        let ticket = state.withLock { state -> Engine.Ticket? in
            defer { state = .over }
            guard case .generating(let ticket) = state else { return nil }
            return ticket
        }
        ticket?.cancel()
    }
}
