import Chat
import Compute
import GPT2
import Tokenizer

/// What a model replied to one prompt.
public struct ReplySample: Sendable, Equatable {
    /// Those that were made, the marker's included.
    public let tokens: [TokenID]
    /// The text before the marker, as UTF-8.
    public let text: [UInt8]
    /// Whether the marker came before the length was reached.
    public let isEnded: Bool

    public init(tokens: [TokenID], text: [UInt8], isEnded: Bool) {
        self.tokens = tokens
        self.text = text
        self.isEnded = isEnded
    }

    /// Lets a model reply.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - tokenizer: its tokenizer.
    ///   - prompt: at least one token.
    ///   - settings: how tokens are chosen.
    ///   - choice: numbers the replies, so that each draws its own random numbers.
    ///   - length: tokens at most.
    ///   - pool: does the arithmetic.
    /// - Throws: `GPT2Error`, `ComputeError` or `TokenizerError`.
    public init(
        of model: Model, tokenizer: BytePairTokenizer, to prompt: [TokenID],
        settings: SamplingSettings, choice: Int, length: Int, on pool: ThreadPool
    ) throws {
        let generator = try TokenGenerator(
            model, prompt: prompt, sampler: Sampler(settings, prompt: prompt, choice: choice),
            on: pool)
        let marker = Array(Turn.marker.utf8)
        var tokens: [TokenID] = []
        var text: [UInt8] = []
        var markerStart: Int?
        while tokens.count < length, markerStart == nil {
            let token = try generator.next()
            tokens.append(token)
            // A model's vocabulary may be padded past the tokenizer's; those stand for nothing.
            guard Int(token) < tokenizer.vocabularyCount else { continue }
            let added = try tokenizer.bytes(of: token)
            let from = max(0, text.count - marker.count + 1)
            text += added
            markerStart = text[from...].firstRange(of: marker)?.lowerBound
        }
        self.init(
            tokens: tokens, text: Array(text[..<(markerStart ?? text.count)]),
            isEnded: markerStart != nil)
    }
}
