import Synchronization

/// Whether the server takes requests.
final class Readiness: Sendable {
    enum State: String, Sendable {
        case loading, ready, stopping
    }

    private let current = Mutex(State.loading)

    var state: State { current.withLock { $0 } }

    func become(_ state: State) {
        current.withLock { if $0 != .stopping { $0 = state } }
    }
}
