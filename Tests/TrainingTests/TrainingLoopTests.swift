import Compute
import Foundation
import GPT2
import TestSupport
import Testing
import Training

@Suite struct TrainingLoopTests {
    let temporary: TemporaryFolder
    let run: SmallRun

    init() throws {
        temporary = try TemporaryFolder()
        run = SmallRun(temporary.path("run"))
    }

    @Test func itStopsAfterItsLastStepAndSaves() throws {
        var run = run
        run.plan.lastStep = 5
        let trainer = try run.trainer()
        #expect(try run.run(trainer) == .lastStep)
        #expect(trainer.state.step == 5)
        #expect(try run.folder.steps() == [5])
        // Again: there is nothing left to do, and what is there stays.
        #expect(try run.run(run.trainer()) == .lastStep)
        #expect(try run.folder.steps() == [5])
    }

    @Test func checkpointsComeEverySoManySteps() throws {
        var run = run
        run.plan.lastStep = 5
        run.plan.saveEvery = 2
        try run.run(run.trainer())
        #expect(try run.folder.steps() == [2, 4, 5])
    }

    @Test func whoStopsItGetsACheckpointAndWhoQuitsNone() throws {
        var run = run
        let asked = Counter()
        run.surroundings.shouldStop = { asked.next() == 3 }
        let trainer = try run.trainer()
        #expect(try run.run(trainer) == .stopped)
        #expect(try run.folder.steps() == [2])

        let turns = Counter()
        run.surroundings.shouldStop = { false }
        run.surroundings.commands = { turns.next() == 2 ? [.quit] : [] }
        #expect(try run.run(run.trainer()) == .quit)
        #expect(try run.folder.steps() == [2])
    }

    @Test func commandsAreDoneBetweenSteps() throws {
        var run = run
        run.plan.lastStep = 4
        run.plan.validationWindows = 2
        let turns = Counter()
        let sampled = Collected<Int>()
        let recorded = Collected<TrainingRecord>()
        run.surroundings.commands = {
            switch turns.next() {
            case 1: [.save]
            case 2: [.sample, .validate]
            case 3: [.learningRate]
            default: []
            }
        }
        run.surroundings.learningRate = { 0.5 }
        run.surroundings.sample = { sampled.add($0) }
        run.surroundings.record = { recorded.add($0) }
        let trainer = try run.trainer()
        try run.run(trainer)
        #expect(try run.folder.steps() == [1, 4])
        #expect(sampled.values == [2])
        #expect(recorded.values.map { $0.validationLoss != nil } == [false, true, false, false])
        #expect(recorded.values.map(\.learningRate) == [0.01, 0.01, 0.5, 0.5])
        // It was set by a person, so it outlives the session.
        #expect(try run.trainer().learningRate == 0.5)
        // Until a person says something else.
        run.settings.schedule.rate = 0.02
        #expect(try run.trainer().learningRate == 0.02)
    }

    @Test func patienceKeepsTheModelOfTheLowestLoss() throws {
        var run = run
        // Far too fast: the loss falls and then only rises.
        run.settings.schedule.rate = 0.3
        run.plan.lastStep = 200
        run.plan.validateEvery = 1
        run.plan.validationWindows = 2
        run.plan.patience = 4
        let recorded = Collected<TrainingRecord>()
        run.surroundings.record = { recorded.add($0) }
        let trainer = try run.trainer()
        let ending = try run.run(trainer)
        let losses = recorded.values.compactMap(\.validationLoss)
        let lowest = try #require(losses.min())
        let step = try #require(recorded.values.first { $0.validationLoss == lowest }).step
        #expect(ending == .noLongerImproving(lowest: step))
        #expect(trainer.state.step == step + 4)
        #expect(try run.folder.steps().last == step)
        let best = try run.trainer()
        #expect(try best.loss(of: CountingWindows(shift: 3), windows: 2) == lowest)
    }

    @Test func theLowestLossIsOfOneValidationSet() throws {
        var run = run
        run.plan.validateEvery = 1
        run.plan.validationWindows = 2
        run.plan.patience = 2
        run.plan.validationSet = "one"
        run.plan.lastStep = 1
        let trainer = try run.trainer()
        try run.run(trainer)
        // As if the other set had been easier.
        trainer.state.lowestValidationLoss = 0.001
        run.plan.lastStep = 6
        run.plan.validationSet = "other"
        #expect(try run.run(trainer) == .lastStep)
        #expect(try run.folder.steps().last == 6)
    }

    @Test func patienceWithoutTheModelOfTheLowestLossDeletesNothing() throws {
        var run = run
        run.plan.validateEvery = 1
        run.plan.validationWindows = 2
        run.plan.patience = 2
        run.plan.lastStep = 1
        let trainer = try run.trainer()
        try run.run(trainer)
        try FileManager.default.removeItem(atPath: run.folder.modelPath(1))
        trainer.state.lowestValidationLoss = 0.001
        run.plan.saveEvery = 1
        run.plan.lastStep = 9
        #expect(try run.run(trainer) == .noLongerImproving(lowest: 1))
        #expect(try run.folder.steps() == [2])
    }

    @Test func weightsThatAreNoNumbersAreNotSaved() throws {
        var run = run
        run.plan.lastStep = 2
        let trainer = try run.trainer()
        run.surroundings.record = { record in
            if record.step == 2 { trainer.weights.buffer.floats[0] = .infinity }
        }
        #expect(throws: TrainingError.diverged(step: 2)) { try run.run(trainer) }
        #expect(try run.folder.steps().isEmpty)
    }

    @Test func aLossThatIsNoNumberEndsTheRunAndSparesTheCheckpoint() throws {
        var run = run
        run.plan.lastStep = 3
        let trainer = try run.trainer()
        try run.run(trainer)
        run.plan.lastStep = 6
        let poisoned = try run.trainer()
        poisoned.weights.buffer.floats[0] = .nan
        #expect(throws: TrainingError.diverged(step: 4)) { try run.run(poisoned) }
        #expect(try run.folder.steps() == [3])
        #expect(try allFloats(run.trainer().weights).allSatisfy(\.isFinite))
    }

    @Test func itLearnsToCount() throws {
        var run = run
        run.plan.lastStep = 150
        run.settings.pass = PassSettings()
        let trainer = try run.trainer()
        let before = try trainer.loss(of: CountingWindows(), windows: 4)
        try run.run(trainer)
        #expect(before > 3)
        #expect(try trainer.loss(of: CountingWindows(), windows: 4) < 0.2)
    }
}

/// Counts its calls from 1. Used by one thread.
final class Counter {
    private var count = 0
    func next() -> Int {
        count += 1
        return count
    }
}

/// What a closure was given. Used by one thread.
final class Collected<Value> {
    private(set) var values: [Value] = []
    func add(_ value: Value) { values.append(value) }
}
