import Synchronization
import Testing

@testable import HTTP

struct ResponseSignalsTests {
    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }

    private let counter = Counter()

    private func make() -> ResponseSignals {
        var limits = HTTPLimits()
        limits.highWaterBytes = 100
        limits.lowWaterBytes = 40
        return ResponseSignals(limits: limits)
    }

    @Test func congestionBeginsAboveHighWaterAndEndsBelowLowWater() {
        let signals = make()
        #expect(signals.willWrite(100))
        #expect(!signals.isCongested)
        #expect(signals.willWrite(1))
        #expect(signals.isCongested)
        signals.onRelief { [counter] in counter.add() }
        signals.didTake(101)
        signals.update(unsent: 60)
        #expect(signals.isCongested)
        #expect(counter.value == 0)
        signals.update(unsent: 39)
        #expect(!signals.isCongested)
        #expect(counter.value == 1)
        signals.onRelief { [counter] in counter.add() }
        #expect(counter.value == 2)
    }

    @Test func aClientThatGoesIsReportedOnceAndRelievesWhoWaits() {
        let signals = make()
        _ = signals.willWrite(200)
        signals.onRelief { [counter] in counter.add() }
        signals.onDisconnect { [counter] in counter.add() }
        signals.disconnect()
        signals.disconnect()
        #expect(counter.value == 2)
        signals.onDisconnect { [counter] in counter.add() }
        #expect(counter.value == 3)
    }

    @Test func anEndedAnswerHearsOfNothing() {
        let signals = make()
        signals.onDisconnect { [counter] in counter.add() }
        #expect(signals.willEnd())
        #expect(!signals.willEnd())
        #expect(!signals.willWrite(1))
        signals.disconnect()
        #expect(counter.value == 0)
    }
}
