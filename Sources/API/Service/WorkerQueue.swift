import Dispatch
import Synchronization

/// The one queue on which requests are parsed and prompts are tokenised: not on the connections'
/// queues, which never compute, and not on the engine's thread.
final class WorkerQueue: Sendable {
    private let queue = DispatchQueue(label: "dixie.requests", qos: .userInitiated)
    private let waiting = Atomic<Int>(0)
    private let limit: Int

    /// - Parameter limit: how many requests may wait for their turn.
    init(limit: Int = 256) {
        self.limit = limit
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    /// Says on the queue whose it is.
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    /// Runs `work` after what already waits.
    ///
    /// - Returns: false, and nothing runs, when too much waits.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard waiting.load(ordering: .relaxed) < limit else { return false }
        `continue`(work)
        return true
    }

    /// Runs the next part of work that was already let in: at once, where that is called on the queue.
    func `continue`(_ work: @escaping @Sendable () -> Void) {
        guard DispatchQueue.getSpecific(key: Self.key) != ObjectIdentifier(self) else {
            return work()
        }
        waiting.add(1, ordering: .relaxed)
        queue.async {
            self.waiting.subtract(1, ordering: .relaxed)
            work()
        }
    }
}
