import Compute
import Datasets
import Foundation
import GPT2
import TestSupport
import Training

/// A run of a tiny model over repeated tokens, for tests of what stands around the steps.
struct SmallRun {
    let folder: RunFolder
    var settings: Trainer.Settings
    var plan = TrainingLoop.Plan()
    var surroundings = TrainingLoop.Surroundings()
    var seed: UInt64 = 5

    static let size = {
        guard
            let size = try? Hyperparameters(
                vocabularySize: 23, contextLength: 12, embeddingWidth: 16, headCount: 2,
                layerCount: 2)
        else { preconditionFailure("a size that cannot be") }
        return size
    }()

    init(_ path: String) {
        folder = RunFolder(path)
        settings = Trainer.Settings(windowLength: 12, schedule: .init(rate: 0.01))
        settings.batchSize = 2
        settings.pass.dropout = .init(embedding: 0.1, attention: 0.1, residual: 0.1)
        settings.pass.noise = 0.05
    }

    /// A trainer at the run's newest checkpoint, or at its beginning.
    func trainer(threads: Int = 1) throws -> Trainer {
        try folder.make()
        try folder.prepare()
        let pool = ThreadPool(threadCount: threads)
        guard let step = try folder.steps().last else {
            return try Trainer(
                weights: Weights.untrained(Self.size, seed: seed), data: CountingWindows(),
                settings: settings, state: TrainingState(seed: seed), on: pool)
        }
        let state = try folder.state(of: step) ?? TrainingState(seed: seed)
        let trainer = try Trainer(
            weights: Weights(Self.size, from: openedCheckpoint(folder.modelPath(step))),
            data: CountingWindows(), settings: settings, state: state, on: pool)
        try folder.restoreOptimizer(of: trainer, at: step)
        return trainer
    }

    @discardableResult
    func run(_ trainer: Trainer) throws -> TrainingLoop.Ending {
        try TrainingLoop(
            trainer: trainer, folder: folder, plan: plan, validation: CountingWindows(shift: 3),
            surroundings: surroundings
        ).run()
    }
}

/// Windows that count upwards, from another number each.
struct CountingWindows: WindowSource {
    var shift = 0
    var tokenCount: Int { 23 * 12 }

    func window(_ index: Int) -> TrainingWindow {
        let first = (index * 5 + shift) % 23
        return TrainingWindow(
            inputs: (0..<12).map { Int32((first + $0) % 23) },
            targets: (1...12).map { Int32((first + $0) % 23) })
    }
}
