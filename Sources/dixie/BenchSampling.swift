import Compute
import GPT2

/// Choosing tokens with the settings of the original's skill, from the logits of one place.
struct BenchSampling {
    let tokenCount: Int
    private let logits: [Float]
    private let prompt: [Int32]

    /// - Parameters:
    ///   - arguments: which model.
    ///   - tokens: how many are chosen.
    /// - Throws: whatever keeps the model from being loaded, or from giving logits.
    init(_ arguments: ModelArguments, tokens: Int) throws {
        let (model, _) = try arguments.load(untrainedSeed: 0)
        let size = model.hyperparameters
        prompt = (0..<min(16, size.contextLength)).map { Int32($0 % size.vocabularySize) }
        // The logits lie in the workspace.
        let workspace = try Workspace(size)
        let row = try model.forward(
            prompt, cache: KVCache(size, capacity: prompt.count), workspace: workspace,
            on: ThreadPool(threadCount: arguments.threads))
        logits = withExtendedLifetime(workspace) { Array(row.floats) }
        tokenCount = tokens
    }

    func choose() throws -> Duration {
        var settings = SamplingSettings()
        settings.temperature = 0.3
        settings.topK = 40
        settings.topP = 0.9
        settings.penalize = 0.85
        settings.penaltyRule = .original
        var sampler = Sampler(settings, prompt: prompt)
        var copy = logits
        var total = Duration.zero
        for _ in 0..<tokenCount {
            // Choosing changes them; a pass has just written them, so they are near.
            copy.replaceSubrange(copy.indices, with: logits)
            total += try copy.withUnsafeMutableBufferPointer { copy in
                try ContinuousClock().measure { _ = try sampler.next(copy) }
            }
        }
        return total
    }
}
