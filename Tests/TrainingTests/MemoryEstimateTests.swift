import GPT2
import Testing
import Training

@Suite struct MemoryEstimateTests {
    private func estimate(
        _ optimizer: OptimizerKind, recomputing: Bool, onlyBlocks: Bool = false
    ) throws -> MemoryEstimate {
        let size = try #require(Hyperparameters.named("124M"))
        var settings = Trainer.Settings(windowLength: 1024, schedule: .init(rate: 1))
        settings.optimizer = optimizer
        settings.pass.recomputesBlocks = recomputing
        settings.pass.trainsOnlyBlocks = onlyBlocks
        return MemoryEstimate(size, settings: settings, dataset: 0, threads: 2)
    }

    /// The project's own bars for one window of 1,024 tokens.
    @Test func fineTuning124MStaysUnderItsBars() throws {
        #expect(try estimate(.adam, recomputing: false).total < 3_200_000_000)
        #expect(try estimate(.adam, recomputing: true).total < 2_400_000_000)
        #expect(try estimate(.sgd, recomputing: true).total < 1_400_000_000)
    }

    @Test func whatIsSavedIsInTheFigures() throws {
        let plain = try estimate(.adam, recomputing: false)
        let recomputing = try estimate(.adam, recomputing: true)
        #expect(plain.optimizer == 2 * plain.gradients)
        #expect(plain.activations == 1024 * 768 * 4 * (13 + 9 * 12))
        #expect(recomputing.activations == 1024 * 768 * 4 * (13 + 9))
        #expect(try estimate(.adafactor, recomputing: false).optimizer < plain.weights / 100)
        #expect(
            try estimate(.adam, recomputing: false, onlyBlocks: true).gradients
                < plain.gradients * 7 / 10)
    }

    @Test func aBatchBeyondAllMeasureIsEstimatedAllTheSame() throws {
        let size = try Hyperparameters(
            vocabularySize: 50257, contextLength: 1_000_000, embeddingWidth: 65_536, headCount: 64,
            layerCount: 1_000)
        var settings = Trainer.Settings(windowLength: 1_000_000, schedule: .init(rate: 1))
        settings.batchSize = 1_000_000
        #expect(
            MemoryEstimate(size, settings: settings, dataset: 0, threads: 2).total
                > 1_000_000_000_000_000)
    }

    @Test func whatCannotFitIsRefusedWithWhatToTry() throws {
        let estimate = try estimate(.adam, recomputing: false)
        var settings = Trainer.Settings(windowLength: 1024, schedule: .init(rate: 1))
        settings.batchSize = 4
        try estimate.require(available: estimate.total, settings: settings)
        let error = #expect(throws: TrainingError.self) {
            try estimate.require(available: 1_000_000_000, settings: settings)
        }
        let text = try #require(error?.description)
        for remedy in [
            "1.0 GB are free", "--memory_saving_gradients", "--batch_size 1", "--sample_ctx 512",
            "--optimizer adafactor",
        ] {
            #expect(text.contains(remedy), "\(remedy)")
        }
    }
}
