import Dispatch

/// A serial queue, the connections that live on it, and the one timer for all their deadlines.
final class EventLoop: @unchecked Sendable {
    // Sendable because everything but `queue` is only touched on `queue`.

    let queue: DispatchQueue
    /// Of the sockets that live on the queue.
    let events: EventSet
    /// Bytes pass through here on their way from every socket of the loop.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)

    private var connections: [Int: Connection] = [:]
    private var deadlines = Deadlines<Int>()
    private let timer: any DispatchSourceTimer
    private var armedFor: ContinuousClock.Instant?

    /// - Throws: `HTTPServerError.system` where files have run out.
    init(label: String) throws(HTTPServerError) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
        events = try EventSet(queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.tick() }
        // Far away, so that it has to be waited for: see `awaitTimers`.
        timer.schedule(deadline: .now() + .seconds(3600))
        timer.resume()
    }

    deinit {
        timer.cancel()
        readBuffer.deallocate()
    }

    /// Returns when timers work. Dispatch opens a descriptor for the first that has to be waited for,
    /// and a timer for which there is none, because clients have all the files by then, never comes.
    func awaitTimers() {
        // One that comes at once, behind the loop's own.
        let hasCome = DispatchSemaphore(value: 0)
        queue.asyncAfter(deadline: .now() + .milliseconds(1)) { hasCome.signal() }
        hasCome.wait()
    }

    func add(_ connection: Connection) {
        connections[connection.id] = connection
    }

    func remove(_ connection: Connection) {
        connections[connection.id] = nil
        deadlines.set(connection.id, nil)
    }

    /// Calls `action` with every connection, on the queue.
    func forEach(_ action: @escaping @Sendable (Connection) -> Void) {
        queue.async { self.connections.values.forEach(action) }
    }

    func setDeadline(_ deadline: ContinuousClock.Instant?, of connection: Connection) {
        deadlines.set(connection.id, deadline)
        arm()
    }

    private func tick() {
        armedFor = nil
        for id in deadlines.due(at: .now) { connections[id]?.timeOut() }
        arm()
    }

    private func arm() {
        guard let next = deadlines.next else { return }
        if let armedFor, armedFor <= next { return }
        armedFor = next
        let (seconds, attoseconds) = max(.zero, next - .now).components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        timer.schedule(
            deadline: .now() + .nanoseconds(nanoseconds), leeway: .milliseconds(20))
    }
}
