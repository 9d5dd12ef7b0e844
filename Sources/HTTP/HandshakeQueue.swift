/// Whose handshake is under way, whose turn is next, and who must make room. Pure: without clock, thread
/// or socket.
struct HandshakeQueue {
    typealias Instant = ContinuousClock.Instant

    private let limit: Int
    private var underway: [Int: Instant] = [:]
    private var waiting: [Int] = []

    init(limit: Int) { self.limit = limit }

    /// - Returns: Whether connection `id` may begin now; else it is told of its turn later.
    mutating func begin(_ id: Int, at now: Instant) -> Bool {
        guard underway.count < limit else {
            waiting.append(id)
            return false
        }
        underway[id] = now
        return true
    }

    /// Takes a connection out, whether it is done, gone or not known.
    ///
    /// - Returns: Whose turn it is now.
    mutating func end(_ id: Int, at now: Instant) -> Int? {
        guard underway.removeValue(forKey: id) != nil else {
            waiting.removeAll { $0 == id }
            return nil
        }
        guard !waiting.isEmpty else { return nil }
        let next = waiting.removeFirst()
        underway[next] = now
        return next
    }

    /// How long a handshake may take while others wait: a client that means it needs two round trips. Where
    /// many wait, less, so that the last of them has its turn before its own deadline.
    private var patience: Duration { waiting.count > limit ? .milliseconds(250) : .seconds(1) }

    /// Those who have taken too long while others wait, the longest first; for each that waits, one at
    /// most.
    func overdue(at now: Instant) -> [Int] {
        let patience = patience
        return underway.filter { $0.value + patience <= now }
            .sorted { $0.value < $1.value }.prefix(waiting.count).map(\.key)
    }

    /// When somebody may be overdue; nil while nobody waits.
    var nextCheck: Instant? {
        waiting.isEmpty ? nil : underway.values.min().map { $0 + patience }
    }
}
