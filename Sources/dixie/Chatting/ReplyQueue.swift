import Dispatch
import Serving
import Synchronization

/// Brings a reply from the engine's thread, which may wait for nobody, to one that may.
final class ReplyQueue: Sendable {
    private let events = Mutex<[GenerationEvent]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ event: GenerationEvent) {
        events.withLock { $0.append(event) }
        arrived.signal()
    }

    /// Waits for the next event. Each is given out once; the last is an end or a failure.
    func next() -> GenerationEvent {
        arrived.wait()
        return events.withLock { $0.removeFirst() }
    }
}
