import Crypto
import GPT2

/// One reply to be generated.
public struct GenerationRequest: Sendable {
    /// At least one token; with `maximumTokens` it fits the model's context.
    public var prompt: [Int32]
    /// At least 1; may be 0 where the prompt is scored.
    public var maximumTokens: Int
    public var sampling = SamplingSettings()
    /// Which of several replies to one prompt this is: each draws differently.
    public var choice = 0
    /// Whether each token of the reply is scored, with how many alternatives; nil for no scores.
    public var scoredAlternatives: Int?
    /// Whether the prompt's tokens are scored as well. They are then all run anew.
    public var scoresPrompt = false
    /// The reply ends before the first of these, which is not part of it.
    public var stops: [String] = []
    /// Whether the token `<|endoftext|>` ends the reply.
    public var stopsAtEndOfText = false
    /// When the reply must be there. It then ends with its last whole sentence, if it has one.
    public var deadline: ContinuousClock.Instant?
    /// Whose request it is: the hash of the caller's key; nil for all who have none. What prompts
    /// have in common is computed once for a tenant, and never shared with another.
    public var tenant: SHA256Digest?

    public init(prompt: [Int32], maximumTokens: Int) {
        self.prompt = prompt
        self.maximumTokens = maximumTokens
    }
}

/// What comes back while a reply is generated: that it has begun, any number of texts, and then one of
/// the others.
public enum GenerationEvent: Sendable, Equatable {
    /// The prompt has been run, except for so many of its tokens, which had been computed before.
    case began(cachedPromptTokens: Int)
    /// The next piece of the reply: whole characters, never empty.
    case text(String)
    /// What is said of each token of the prompt but the first: before the reply's first text.
    case promptScores([TokenScore])
    /// What is said of the tokens that begin in the next piece of text; at the end without such.
    case scores([TokenScore])
    case finished(GenerationSummary)
    case failed(ServingError)

    var isFinish: Bool { if case .finished = self { true } else { false } }
}

/// How a reply ended and what it took.
public struct GenerationSummary: Sendable, Equatable {
    public enum FinishReason: String, Sendable {
        /// At a stop string or at the end of the text.
        case stop
        /// At the most tokens it might have.
        case length
        /// At the deadline.
        case deadline
    }

    public var reason: FinishReason
    public var promptTokens: Int
    public var completionTokens: Int
    /// Tokens of the prompt that had been computed before.
    public var cachedPromptTokens: Int
    /// Tokens of the completion that had been guessed, each of which spared a pass.
    public var guessedTokens: Int

    public init(
        reason: FinishReason, promptTokens: Int, completionTokens: Int,
        cachedPromptTokens: Int = 0, guessedTokens: Int = 0
    ) {
        self.reason = reason
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedPromptTokens = cachedPromptTokens
        self.guessedTokens = guessedTokens
    }
}
