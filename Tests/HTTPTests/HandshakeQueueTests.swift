import Testing

@testable import HTTP

struct HandshakeQueueTests {
    private let start = ContinuousClock.now

    private func later(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A queue in which `ids` have begun, or wait, half a second after each other.
    private func queue(limit: Int, _ ids: Int...) -> HandshakeQueue {
        var queue = HandshakeQueue(limit: limit)
        for (index, id) in ids.enumerated() {
            let began = queue.begin(id, at: later(Double(index) / 2))
            #expect(began == (index < limit))
        }
        return queue
    }

    @Test func thoseAboveTheLimitWaitInTurn() {
        var queue = queue(limit: 2, 1, 2, 3, 4)
        let next = [2, 4, 1, 3].map { queue.end($0, at: later(2)) }
        // Who waits may go as well.
        #expect(next == [3, nil, nil, nil])
        let begins = queue.begin(5, at: later(3))
        #expect(begins)
    }

    @Test func theSlowMakeRoomOnlyWhileOthersWait() {
        let alone = queue(limit: 2, 1, 2)
        #expect(alone.nextCheck == nil && alone.overdue(at: later(60)) == [])
        var queue = queue(limit: 2, 1, 2, 3)
        #expect(queue.nextCheck == later(1))
        #expect(queue.overdue(at: later(0.9)) == [])
        #expect(queue.overdue(at: later(1)) == [1])
        // One waits, and one makes room.
        #expect(queue.overdue(at: later(60)) == [1])
        let next = queue.end(1, at: later(60))
        #expect(next == 3 && queue.nextCheck == nil)
    }

    @Test func whereManyWaitTheSlowMakeRoomSooner() {
        let queue = queue(limit: 1, 1, 2, 3)
        #expect(queue.nextCheck == later(0.25))
        #expect(queue.overdue(at: later(0.25)) == [1])
    }

    @Test func whoIsNotKnownMayEnd() {
        var queue = queue(limit: 1, 1, 2)
        let next = [7, 1, 1, 2, 2].map { queue.end($0, at: later(2)) }
        #expect(next == [nil, 2, nil, nil, nil])
    }
}
