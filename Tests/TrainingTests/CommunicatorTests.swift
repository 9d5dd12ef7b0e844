import Compute
import GPT2
import TestSupport
import Testing
import Training

/// What several ranks decide together.
@Suite struct CommunicatorTests {
    private struct Trouble: Error, Equatable { let rank: Int }

    @Test func allGoOnWhereNoneFails() throws {
        let outcomes = ThreadRank.run(3) { ranks in try ranks.together { ranks.rank * 10 } }
        #expect(try outcomes.map { try $0.get() } == [0, 10, 20])
    }

    @Test func allFailWhereOneDoesAndTheFirstSaysWhy() throws {
        let outcomes = ThreadRank.run(4) { ranks in
            try ranks.together { if ranks.rank % 2 == 1 { throw Trouble(rank: ranks.rank) } }
        }
        let causes = try outcomes.map { outcome in
            try #require(throws: FailedTogether.self) { try outcome.get() }.cause as? Trouble
        }
        #expect(causes == [nil, Trouble(rank: 1), nil, nil])
    }

    @Test func oneProcessFailsByItself() {
        #expect(throws: Trouble(rank: 0)) {
            try OneProcess().together { throw Trouble(rank: 0) }
        }
    }

    @Test func rankZerosNumbersAreEverybodys() throws {
        let numbers: [UInt64] = [0, 1337, .max, 1 << 53 + 1]
        let outcomes = ThreadRank.run(3) { ranks in
            try ranks.shared(ranks.rank == 0 ? numbers : [9, 9, 9, 9])
        }
        #expect(try outcomes.map { try $0.get() } == [numbers, numbers, numbers])
    }

    @Test func weightsThatDifferInOneBitAreNotTheSame() throws {
        func differing(by bits: UInt32) -> [Result<Void, any Error>] {
            ThreadRank.run(2) { ranks in
                let weights = try Weights.untrained(SmallRun.size, seed: 3)
                if ranks.rank == 1 {
                    let last = weights.table.entries[3].offset
                    let own = weights.buffer.floats[last].bitPattern
                    weights.buffer.floats[last] = Float(bitPattern: own ^ bits)
                }
                try ranks.requireSame(weights)
            }
        }
        for outcome in differing(by: 0) { try outcome.get() }
        let failure = try #require(throws: FailedTogether.self) { try differing(by: 1)[1].get() }
        #expect(
            failure.cause as? CommunicationError == .different(rank: 1, thing: "weights"))
    }

    @Test func ranksThatHaveDriftedApartSaveNothing() throws {
        let temporary = try TemporaryFolder()
        let outcomes = ThreadRank.run(2) { ranks in
            var run = SmallRun(temporary.path("run"))
            run.plan.lastStep = 2
            let trainer = try Trainer(
                weights: Weights.untrained(SmallRun.size, seed: ranks.rank == 0 ? 5 : 6),
                data: CountingWindows(), settings: run.settings, state: TrainingState(seed: 5),
                communicator: ranks, on: ThreadPool(threadCount: 1))
            return try TrainingLoop(
                trainer: trainer, folder: run.folder, plan: run.plan, communicator: ranks,
                surroundings: run.surroundings
            ).run()
        }
        for outcome in outcomes {
            #expect(throws: FailedTogether.self) { try outcome.get() }
        }
        #expect(try RunFolder(temporary.path("run")).steps().isEmpty)
    }

    /// A step of two ranks, each with two windows, is one of one process with four.
    @Test func ranksTakeTheStepsOfOneProcess() throws {
        @Sendable func trained(_ ranks: any Communicator, batch: Int) throws -> [Float] {
            var settings = SmallRun("").settings
            settings.batchSize = batch
            settings.optimizer = .sgd
            settings.schedule.rate = 1
            let trainer = try Trainer(
                weights: Weights.untrained(SmallRun.size, seed: 5), data: CountingWindows(),
                settings: settings, state: TrainingState(seed: 5), communicator: ranks,
                on: ThreadPool(threadCount: 1))
            for _ in 0..<3 { _ = try trainer.step() }
            return Array(trainer.weights.buffer.floats)
        }
        let alone = try trained(OneProcess(), batch: 4)
        let both = try ThreadRank.run(2) { try trained($0, batch: 2) }.map { try $0.get() }
        #expect(both[0] == both[1])
        let largest = alone.map(abs).max() ?? 0
        let difference = zip(alone, both[0]).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference <= 1e-4 * largest)
    }
}
