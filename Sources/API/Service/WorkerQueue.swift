import Dispatch
import Synchronization

/// A queue for what takes a while and may wait, one thing after the other: parsing requests and tokenising
/// prompts, reading files, loading models. Neither the connections' queues do such, nor the engine's thread.
final class WorkerQueue: Sendable {
    private let queue: DispatchQueue
    private let waiting = Atomic<Int>(0)
    private let limit: Int

    /// - Parameters:
    ///   - label: what debuggers call it.
    ///   - priority: of its thread.
    ///   - limit: how many may wait for their turn.
    init(_ label: String, _ priority: DispatchQoS = .utility, limit: Int) {
        queue = DispatchQueue(label: label, qos: priority)
        self.limit = limit
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    /// Says on the queue whose it is.
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    /// Runs `work` after what already waits.
    ///
    /// - Throws: `APIError` 429, and nothing runs, when too much waits.
    func run(_ work: @escaping @Sendable () -> Void) throws(APIError) {
        guard waiting.load(ordering: .relaxed) < limit else {
            throw APIError(
                429, "too many requests wait; try again in a moment", code: "busy", retryAfter: 1)
        }
        `continue`(work)
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
