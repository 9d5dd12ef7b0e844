import TestSupport
import Testing

@testable import Serving

@Suite struct SchedulerTests {
    func limits(running: Int = 16, waiting: Int = 64) -> Scheduler.Limits {
        var limits = Scheduler.Limits()
        limits.running = running
        limits.waiting = waiting
        return limits
    }

    @Test func withoutRequestsThereIsNothingToDo() {
        var scheduler = Scheduler()
        #expect(scheduler.nextTurn() == nil)
        scheduler.charge(5, to: 1)
        scheduler.remove(1, from: 1)
        #expect(scheduler.nextTurn() == nil)
        #expect(scheduler.count == 0)
    }

    @Test func waitingSequencesTakeEveryFreeSlotAtEachTurn() {
        var scheduler = Scheduler(limits(running: 3))
        for id: UInt64 in 1...6 { #expect(scheduler.submit(id, to: 9) == true) }
        #expect(scheduler.nextTurn() == .init(model: 9, running: [1, 2, 3], promptTokens: 256))
        #expect(scheduler.nextTurn() == .init(model: 9, running: [1, 2, 3], promptTokens: 256))
        #expect(scheduler.waitingCount(9) == 3)
        scheduler.remove(1, from: 9)
        scheduler.remove(3, from: 9)
        #expect(scheduler.nextTurn() == .init(model: 9, running: [2, 4, 5], promptTokens: 256))
        #expect(scheduler.waitingCount(9) == 1)
    }

    @Test func asManyMayWaitAsTheLimitBesideThoseThatRun() {
        var scheduler = Scheduler(limits(running: 2, waiting: 3))
        for id: UInt64 in 1...5 { #expect(scheduler.submit(id, to: 1) == true) }
        #expect(scheduler.submit(6, to: 1) == false)
        #expect(scheduler.submit(7, to: 2) == true)
        _ = scheduler.nextTurn()
        #expect(!scheduler.hasRoom(1) && scheduler.hasRoom(2) && scheduler.hasRoom(3))
        #expect(scheduler.submit(6, to: 1) == false)
        scheduler.remove(5, from: 1)
        #expect(scheduler.hasRoom(1))
        #expect(scheduler.submit(6, to: 1) == true)
        #expect(scheduler.count == 6)
    }

    @Test func noneNeedsToWaitWhereNoneMay() {
        var scheduler = Scheduler(limits(running: 1, waiting: 0))
        #expect(scheduler.submit(1, to: 1) == true)
        #expect(scheduler.submit(2, to: 1) == false)
        #expect(scheduler.nextTurn()?.running == [1])
        #expect(scheduler.submit(2, to: 1) == false)
        scheduler.remove(1, from: 1)
        #expect(scheduler.submit(2, to: 1) == true)
    }

    @Test func whoIsPausedKeepsItsSlotAndIsLeftOut() {
        var scheduler = Scheduler(limits(running: 2))
        for id: UInt64 in 1...3 { #expect(scheduler.submit(id, to: 9) == true) }
        _ = scheduler.nextTurn()
        scheduler.setPaused(true, 1, of: 9)
        #expect(scheduler.nextTurn()?.running == [2])
        scheduler.setPaused(true, 2, of: 9)
        scheduler.setPaused(true, 2, of: 9)
        scheduler.setPaused(true, 3, of: 9)  // waits
        scheduler.setPaused(true, 1, of: 8)  // elsewhere
        #expect(scheduler.nextTurn() == nil)
        #expect(scheduler.submit(4, to: 8) == true)
        #expect(scheduler.nextTurn()?.model == 8)
        scheduler.remove(4, from: 8)
        scheduler.setPaused(false, 2, of: 9)
        #expect(scheduler.nextTurn()?.running == [2])
        scheduler.remove(1, from: 9)
        #expect(scheduler.nextTurn()?.running == [2, 3])
    }

    @Test func beingPausedEarnsNoCredit() {
        var scheduler = Scheduler()
        #expect(scheduler.submit(1, to: 1) == true)
        #expect(scheduler.submit(2, to: 2) == true)
        for _ in 0..<2 { _ = scheduler.nextTurn() }
        scheduler.setPaused(true, 1, of: 1)
        scheduler.charge(100, to: 2)
        #expect(scheduler.submit(3, to: 3) == true)
        scheduler.setPaused(false, 1, of: 1)
        // All three are level: each has a turn.
        let models = (0..<3).map { _ in
            let turn = scheduler.nextTurn()
            scheduler.charge(1, to: turn?.model ?? 0)
            return turn?.model ?? 0
        }
        #expect(Set(models) == [1, 2, 3])
    }

    @Test func aSequenceIsTakenOutWhereverItStands() {
        var scheduler = Scheduler(limits(running: 1))
        for id: UInt64 in 1...3 { #expect(scheduler.submit(id, to: 1) == true) }
        _ = scheduler.nextTurn()
        scheduler.remove(2, from: 1)  // waiting
        scheduler.remove(1, from: 1)  // running
        scheduler.remove(1, from: 1)  // gone
        scheduler.remove(3, from: 2)  // elsewhere
        #expect(scheduler.count == 1)
        #expect(scheduler.nextTurn() == .init(model: 1, running: [3], promptTokens: 256))
        scheduler.remove(3, from: 1)
        #expect(scheduler.nextTurn() == nil)
    }

    @Test func busyModelsShareTheTimeWhateverTheirStepsCost() {
        var scheduler = Scheduler()
        let costs: [UInt64: Double] = [1: 1, 2: 10, 3: 3]
        for model in costs.keys { #expect(scheduler.submit(model, to: model) == true) }
        var used: [UInt64: Double] = [:]
        for _ in 0..<3000 {
            guard let model = scheduler.nextTurn()?.model else { break }
            scheduler.charge(costs[model] ?? 0, to: model)
            used[model, default: 0] += costs[model] ?? 0
        }
        #expect(used.count == 3)
        #expect((used.values.max() ?? 0) - (used.values.min() ?? 0) <= 10)
    }

    @Test func aModelThatComesBackHasNoCreditForItsAbsence() {
        var scheduler = Scheduler()
        #expect(scheduler.submit(1, to: 1) == true)
        for _ in 0..<100 {
            _ = scheduler.nextTurn()
            scheduler.charge(1, to: 1)
        }
        #expect(scheduler.submit(2, to: 2) == true)
        var turns: [UInt64: Int] = [:]
        for _ in 0..<20 {
            guard let model = scheduler.nextTurn()?.model else { break }
            turns[model, default: 0] += 1
            scheduler.charge(1, to: model)
        }
        #expect(turns == [1: 10, 2: 10])
    }

    /// The short requests of one model, each answered in a step, must not keep the other out.
    @Test(arguments: [1.0, 0])
    func oneShortRequestAfterAnotherStarvesNobody(cost: Double) {
        var scheduler = Scheduler()
        #expect(scheduler.submit(1000, to: 2) == true)
        var turns: [UInt64: Int] = [:]
        for id: UInt64 in 1...100 {
            #expect(scheduler.submit(id, to: 1) == true)
            for _ in 0..<2 {
                guard let turn = scheduler.nextTurn() else { break }
                turns[turn.model, default: 0] += 1
                if turn.model == 1, let first = turn.running.first {
                    scheduler.remove(first, from: 1)
                }
                scheduler.charge(cost, to: turn.model)
                if turn.model == 1 { break }
            }
            if scheduler.waitingCount(1) > 0 { scheduler.remove(id, from: 1) }
        }
        #expect((turns[2] ?? 0) >= 40)
        #expect((turns[1] ?? 0) >= 40)
    }

    @Test func whateverIsDoneTheRulesHold() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<100 {
            let running = Int.random(in: 1...4, using: &random)
            let waiting = Int.random(in: 0...4, using: &random)
            var scheduler = Scheduler(limits(running: running, waiting: waiting))
            var queued: [UInt64: [UInt64]] = [:]
            var active: [UInt64: [UInt64]] = [:]
            var lastID: UInt64 = 0
            for _ in 0..<200 {
                let model = UInt64.random(in: 1...3, using: &random)
                let all = (queued[model] ?? []) + (active[model] ?? [])
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    lastID += 1
                    let isAccepted = scheduler.submit(lastID, to: model)
                    #expect(isAccepted == (all.count < running + waiting))
                    if isAccepted { queued[model, default: []].append(lastID) }
                case 1:
                    guard let id = all.randomElement(using: &random) else { continue }
                    scheduler.remove(id, from: model)
                    queued[model]?.removeAll { $0 == id }
                    active[model]?.removeAll { $0 == id }
                default:
                    let isEmpty = queued.values.joined().isEmpty && active.values.joined().isEmpty
                    guard let turn = scheduler.nextTurn() else {
                        #expect(isEmpty)
                        continue
                    }
                    let free = running - (active[turn.model]?.count ?? 0)
                    let admitted = queued[turn.model]?.prefix(free) ?? []
                    queued[turn.model]?.removeFirst(admitted.count)
                    active[turn.model, default: []] += admitted
                    #expect(turn.running == active[turn.model] && !turn.running.isEmpty)
                    scheduler.charge(Double.random(in: 0...3, using: &random), to: turn.model)
                }
                #expect(
                    scheduler.count
                        == queued.values.joined().count + active.values.joined().count)
                #expect(scheduler.waitingCount(model) == queued[model]?.count ?? 0)
            }
        }
    }
}
