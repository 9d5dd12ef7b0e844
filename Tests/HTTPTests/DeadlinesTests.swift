import TestSupport
import Testing

@testable import HTTP

struct DeadlinesTests {
    private let start = ContinuousClock.now

    @Test func whatIsDueComesOnceAndOnTime() {
        var deadlines = Deadlines<Int>()
        deadlines.set(1, start + .seconds(3))
        deadlines.set(2, start + .seconds(1))
        deadlines.set(3, start + .seconds(2))
        #expect(deadlines.next == start + .seconds(1))
        #expect(deadlines.due(at: start).isEmpty)
        #expect(deadlines.due(at: start + .seconds(2)) == [2, 3])
        #expect(deadlines.due(at: start + .seconds(9)) == [1])
        #expect(deadlines.due(at: start + .seconds(9)).isEmpty)
        #expect(deadlines.next == nil)
    }

    @Test func aDeadlineMovesBothWays() {
        var deadlines = Deadlines<Int>()
        deadlines.set(1, start + .seconds(5))
        deadlines.set(1, start + .seconds(9))
        #expect(deadlines.due(at: start + .seconds(6)).isEmpty)
        deadlines.set(1, start + .seconds(7))
        #expect(deadlines.due(at: start + .seconds(7)) == [1])
        #expect(deadlines.due(at: start + .seconds(10)).isEmpty)
    }

    @Test func aRemovedDeadlineNeverComes() {
        var deadlines = Deadlines<Int>()
        deadlines.set(1, start)
        deadlines.set(1, nil)
        #expect(deadlines.due(at: start + .seconds(1)).isEmpty)
    }

    @Test func manyRandomMovesAgreeWithAPlainTable() {
        var generator = SeededGenerator(seed: 3)
        var deadlines = Deadlines<Int>()
        var table: [Int: Int] = [:]
        for now in 0..<2000 {
            let id = Int.random(in: 0..<50, using: &generator)
            let time =
                Bool.random(using: &generator)
                ? now + Int.random(in: 0..<40, using: &generator) : nil
            deadlines.set(id, time.map { start + .seconds($0) })
            table[id] = time
            let expected = table.filter { $0.value <= now }.keys.sorted()
            for id in expected { table[id] = nil }
            #expect(deadlines.due(at: start + .seconds(now)).sorted() == expected)
        }
    }
}
