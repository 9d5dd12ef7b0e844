import Compute
import Datasets
import GPT2
import Training

/// What a run learns and what it is validated on.
struct RunData {
    let training: Dataset
    let validation: Dataset?
    /// T
    let windowLength: Int
    /// What the tokens take of memory.
    let byteCount: Int

    /// - Parameters:
    ///   - options: what was asked for.
    ///   - beginning: the model's size and tokenizer.
    ///   - seed: of the run.
    /// - Throws: `DatasetError`, `TrainingError.windowTooLong`.
    init(_ options: DataOptions, _ beginning: Beginning, seed: UInt64) throws {
        let size = beginning.size
        let windowLength = options.windowLength > 0 ? options.windowLength : size.contextLength
        guard windowLength <= size.contextLength else {
            throw TrainingError.windowTooLong(wanted: windowLength, context: size.contextLength)
        }
        func open(_ path: String, seed: UInt64, stream: UInt32) throws -> Dataset {
            try Dataset.open(
                options.options(
                    path: path, windowLength: windowLength, seed: seed, stream: stream),
                tokenizer: beginning.tokenizer, vocabularySize: size.vocabularySize)
        }
        self.windowLength = windowLength
        let all = try open(options.dataset, seed: seed, stream: 0)
        if let path = options.validationDataset {
            training = all
            // The original drew its validation windows with this seed, so that runs compare.
            let other = try open(path, seed: 1, stream: 1)
            validation = other
            byteCount = all.byteCount + other.byteCount
            return
        } else if options.validationInterval > 0 {
            let parts = try all.holdingOut()
            training = parts.training
            validation = parts.validation
        } else {
            training = all
            validation = nil
        }
        byteCount = all.byteCount
    }

    var warnings: [String] { training.warnings + (validation?.warnings ?? []) }

}

extension LearningOptions {
    /// The seed of a run that is begun.
    var chosenSeed: UInt64 {
        if seed >= 0 { return UInt64(seed) }
        return deterministic ? 1337 : Self.randomSeed
    }

    /// One for each process, so that it is the same whenever it is asked for.
    private static let randomSeed = UInt64.random(in: 0..<1 << 32)

    /// Passes a step.
    ///
    /// - Throws: `TrainingError.unevenBatch` when --batch_tokens cannot be shared out.
    func accumulatedBatches(windowLength: Int, processes: Int) throws -> Int {
        guard let batchTokens else { return accumulatedBatches }
        let pass = batchSize * windowLength * processes
        guard batchTokens % pass == 0 else {
            throw TrainingError.unevenBatch(
                tokens: batchTokens, pass: pass,
                nearest: max(1, (batchTokens + pass / 2) / pass) * pass)
        }
        return batchTokens / pass
    }
}
