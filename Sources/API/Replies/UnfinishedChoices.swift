import Serving
import Synchronization

/// The choices of one request that are still being made. One that fails fails all, but not before the last
/// has said what it took.
final class UnfinishedChoices: Sendable {
    private struct State {
        var count: Int
        var error: ServingError?
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(count: count)) }

    /// Takes note that a choice has ended.
    ///
    /// - Parameter error: why, if it is not there.
    /// - Returns: why the request has failed, at the last of its choices; nil before, and where it has not.
    func end(_ error: ServingError? = nil) -> ServingError? {
        state.withLock { state in
            state.count -= 1
            state.error = state.error ?? error
            return state.count == 0 ? state.error : nil
        }
    }
}
