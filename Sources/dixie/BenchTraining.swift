import ArgumentParser
import Checkpoints
import Compute
import Datasets
import GPT2
import Serving
import Training

/// Steps of fine-tuning a checkpoint with AdamW, in memory: nothing is written.
struct BenchTraining {
    let threadCount: Int
    let windowLength: Int
    private let trainer: Trainer

    /// - Parameters:
    ///   - arguments: which checkpoint.
    ///   - batch: windows in a step.
    ///   - given: tokens of a window; nil for 1,024, or the model's own window when that is less.
    /// - Throws: `ValidationError` when a window is longer than the model's; what keeps the
    ///   checkpoint from being read.
    init(_ arguments: ModelArguments, batch: Int, windowLength given: Int?) throws {
        guard arguments.format == .f32 else {
            throw ValidationError("--weights is \(arguments.format.rawValue); train takes f32.")
        }
        let folder = try arguments.folder()
        let size = try ModelParts(folder).hyperparameters
        windowLength = given ?? min(1024, size.contextLength)
        guard windowLength <= size.contextLength else {
            throw ValidationError(
                "--tokens is \(windowLength), more than the model's window of "
                    + "\(size.contextLength).")
        }
        let weights = try Weights(size, from: openCheckpoint(folder.requireCheckpoint().path))
        var settings = Trainer.Settings(
            windowLength: windowLength, schedule: LearningRateSchedule(rate: 2e-5))
        settings.batchSize = batch
        settings.optimizer = .adamw
        let pool = ThreadPool(threadCount: arguments.threads)
        threadCount = pool.threadCount
        trainer = try Trainer(
            weights: weights,
            data: RandomWindows(length: windowLength, vocabularySize: size.vocabularySize),
            settings: settings, state: TrainingState(seed: 1), on: pool)
    }

    /// The time of one step.
    func step() throws -> Duration {
        try ContinuousClock().measure { _ = try trainer.step() }
    }
}

/// Windows of tokens that follow from nothing.
private struct RandomWindows: WindowSource {
    let length: Int
    let vocabularySize: Int
    private let random = CounterRandom(seed: 1)

    var tokenCount: Int { .max }

    func window(_ index: Int) -> TrainingWindow {
        let tokens = (0...length).map { position in
            Int32(random.uniform(choice: index, position: position) * Double(vocabularySize))
        }
        return TrainingWindow(inputs: Array(tokens.dropLast()), targets: Array(tokens.dropFirst()))
    }
}
