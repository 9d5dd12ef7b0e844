/// How the next token is chosen from its logits.
public struct SamplingSettings: Sendable, Equatable {
    /// What the logits are divided by; 0, and whatever is below 0.0001, takes the highest.
    public var temperature: Double = 1
    /// Keep only the K highest (and their equals); 0 keeps all. Not used when `topP` is.
    public var topK = 0
    /// Keep the fewest tokens whose probabilities reach P; 0 leaves the choice to `topK`.
    public var topP: Double = 0
    /// What lowers the logits of tokens that were already used; 0 and 1 are off.
    public var penalize: Double = 0
    /// How `penalize` works.
    public var penaltyRule = PenaltyRule.generated
    /// Subtracted once from the logit of every generated token.
    public var presencePenalty: Double = 0
    /// Subtracted from a generated token's logit for each time it was generated.
    public var frequencyPenalty: Double = 0
    /// Added to logits before anything else.
    public var logitBias: [Int32: Double] = [:]
    /// Fixes every draw.
    public var seed: UInt64 = 0

    public enum PenaltyRule: Sendable, Equatable {
        /// Only generated tokens, and lowering whatever the sign: positive logits are multiplied by
        /// the factor, negative ones divided by it (CTRL's rule with θ = 1/p).
        case generated
        /// As the original: every token seen, the prompt's too, multiplied whatever the sign.
        case original
    }

    public init() {}

    /// Whether the same logits always give the same token, whatever the seed.
    public var isGreedy: Bool { temperature < 1e-4 }
}
