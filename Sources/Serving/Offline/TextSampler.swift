import Compute
import GPT2
import Tokenizer

/// Samples of one model after one prompt, one after another, for programs that print them.
///
/// Sample i depends on the seed and on i alone: not on how many there are.
public struct TextSampler {
    private let model: Model
    private let tokenizer: BytePairTokenizer
    private let prompt: [TokenID]
    private let settings: SamplingSettings
    private let length: Int
    private let pool: ThreadPool

    /// - Parameters:
    ///   - model: the model.
    ///   - tokenizer: its tokenizer.
    ///   - prompt: at least one token; only as many of its last as the window holds are used.
    ///   - settings: how tokens are chosen.
    ///   - length: tokens in a sample.
    ///   - pool: does the arithmetic.
    public init(
        model: Model, tokenizer: BytePairTokenizer, prompt: [TokenID], settings: SamplingSettings,
        length: Int, pool: ThreadPool
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.prompt = prompt
        self.settings = settings
        self.length = length
        self.pool = pool
    }

    /// The highest logits of what comes after the prompt; see `RankedLogit.highest`.
    public func highestLogits(_ count: Int) throws -> [RankedLogit] {
        try generator(0).highestLogits(count)
    }

    /// Writes a sample's tokens, separated by commas.
    ///
    /// - Parameters:
    ///   - index: which sample.
    ///   - write: gets each piece as soon as it is there.
    /// - Throws: what `write` throws; `GPT2Error`, `ComputeError` or `TokenizerError`.
    public func writeTokens(of index: Int, to write: (String) throws -> Void) throws {
        let generator = try generator(index)
        for position in 0..<length {
            let token = try generator.next()
            try write(position == 0 ? "\(token)" : ",\(token)")
        }
    }

    /// Writes a sample's text.
    ///
    /// - Parameters:
    ///   - index: which sample.
    ///   - cut: see `SampleText`; no token is made after it.
    ///   - write: gets each piece as soon as it is there.
    /// - Throws: what `write` throws; `GPT2Error`, `ComputeError` or `TokenizerError`.
    public func writeText(
        of index: Int, cutAt cut: String?, to write: (String) throws -> Void
    ) throws {
        let generator = try generator(index)
        var text = SampleText(tokenizer, cutAt: cut)
        for _ in 0..<length where !text.isCut {
            let token = try generator.next()
            // A model's vocabulary may be padded past the tokenizer's; those stand for nothing.
            guard Int(token) < tokenizer.vocabularyCount else { continue }
            try write(text.append(token))
        }
        try write(text.finish())
    }

    private func generator(_ index: Int) throws -> TokenGenerator {
        try TokenGenerator(
            model, prompt: prompt, sampler: Sampler(settings, prompt: prompt, choice: index),
            on: pool)
    }
}
