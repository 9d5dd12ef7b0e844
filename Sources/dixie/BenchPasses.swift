import ArgumentParser
import Compute
import GPT2

/// Passes of a model over sequences of random tokens.
struct BenchPasses {
    let pool: ThreadPool
    let promptLength: Int
    private let model: Model
    private let workspace: Workspace
    /// One for each sequence.
    private let caches: [KVCache]
    private let prompts: [[Int32]]
    private let generatedLength: Int

    /// - Parameters:
    ///   - arguments: which model.
    ///   - batch: sequences.
    ///   - given: tokens in the prompt of each; nil for `defaultPrompt`, or what the window
    ///     leaves for it when that is less.
    ///   - defaultPrompt: what is taken where nothing is given.
    ///   - generated: tokens that `decode` makes of each.
    ///   - format: how keys and values are kept.
    /// - Throws: `ValidationError` when the window cannot hold them; whatever keeps the model from
    ///   being loaded.
    init(
        model arguments: ModelArguments, batch: Int, prompt given: Int?, defaultPrompt: Int,
        generated: Int, cache format: CacheFormat
    ) throws {
        (model, _) = try arguments.load(untrainedSeed: 0)
        let size = model.hyperparameters
        let room = size.contextLength - generated
        let prompt = given ?? (room > 0 ? min(defaultPrompt, room) : defaultPrompt)
        guard prompt + generated <= size.contextLength else {
            let more = generated > 0 ? " and \(generated) more" : ""
            throw ValidationError(
                "\(prompt) tokens of prompt\(more) do not fit the model's window of "
                    + "\(size.contextLength); lower --prompt\(more.isEmpty ? "" : " or --tokens").")
        }
        pool = ThreadPool(threadCount: arguments.threads)
        workspace = try Workspace(size)
        caches = try (0..<batch).map { _ in
            try KVCache(size, capacity: prompt + generated, format: format)
        }
        let random = CounterRandom(seed: 1)
        prompts = (0..<batch).map { sequence in
            (0..<prompt).map { position in
                Int32(
                    random.uniform(choice: sequence, position: position)
                        * Double(size.vocabularySize))
            }
        }
        promptLength = prompt
        generatedLength = generated
    }

    /// The time that all prompts take.
    func prefill() throws -> Duration {
        for cache in caches { cache.truncate(to: 0) }
        return try ContinuousClock().measure {
            for (cache, prompt) in zip(caches, prompts) {
                _ = try model.forward(prompt, cache: cache, workspace: workspace, on: pool)
            }
        }
    }

    /// The time that the tokens after the prompts take, each the likeliest.
    func decode() throws -> Duration {
        var settings = SamplingSettings()
        settings.temperature = 0
        var samplers = prompts.map { Sampler(settings, prompt: $0) }
        var last: [Int32] = []
        for (index, cache) in caches.enumerated() {
            cache.truncate(to: 0)
            let logits = try model.forward(
                prompts[index], cache: cache, workspace: workspace, on: pool)
            last.append(try samplers[index].next(logits.floats))
        }
        return try ContinuousClock().measure {
            for _ in 0..<generatedLength {
                let pieces = zip(last, caches).map { SequencePiece([$0], cache: $1) }
                let logits = try model.forward(pieces, workspace: workspace, on: pool)
                for index in pieces.indices {
                    last[index] = try samplers[index].next(logits.rows(index..<index + 1).floats)
                }
            }
        }
    }
}
