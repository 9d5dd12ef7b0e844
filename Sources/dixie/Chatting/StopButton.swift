import Synchronization

/// What ends a reply under way, pressed on whichever thread.
final class StopButton: Sendable {
    enum Effect {
        /// The reply ends now.
        case stopsReply
        /// It should have ended already.
        case stopsAgain
        /// No reply is under way.
        case nothing
    }

    private struct State {
        var isReplying = false
        var isPressed = false
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Whether it was pressed in the reply under way.
    var isPressed: Bool { state.withLock { $0.isPressed } }

    /// A reply begins.
    func begin() { state.withLock { $0 = State(isReplying: true) } }

    /// The reply is over.
    func end() { state.withLock { $0 = State() } }

    /// Says how the reply under way is ended: at once, if the button was pressed meanwhile.
    func arm(_ action: @escaping @Sendable () -> Void) {
        let isPressed = state.withLock {
            $0.action = action
            return $0.isPressed
        }
        if isPressed { action() }
    }

    /// Ends the reply under way.
    ///
    /// - Returns: what came of it.
    @discardableResult
    func press() -> Effect {
        let (effect, action) = state.withLock { state -> (Effect, (@Sendable () -> Void)?) in
            guard state.isReplying else { return (.nothing, nil) }
            guard !state.isPressed else { return (.stopsAgain, nil) }
            state.isPressed = true
            return (.stopsReply, state.action)
        }
        action?()
        return effect
    }
}
