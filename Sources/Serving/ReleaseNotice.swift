import Synchronization

/// Tells others when the object that owns it is gone: what was made for that object can then go too.
final class ReleaseNotice: Sendable {
    private let actions = Mutex<[@Sendable () -> Void]>([])

    /// - Parameter action: called once, on whichever thread lets go last, and under whichever locks
    ///   that thread holds; it may not block.
    func notify(_ action: @escaping @Sendable () -> Void) {
        actions.withLock { $0.append(action) }
    }

    deinit {
        for action in actions.withLock({ $0 }) { action() }
    }
}
