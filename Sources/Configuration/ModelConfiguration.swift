import Chat
import Compute
import JSON

/// One model of a configuration.
public struct ModelConfiguration: Sendable, Equatable {
    /// Who the model speaks as.
    public struct Persona: Sendable, Equatable {
        /// 0 or 1.
        public var side: Int
        /// With whom it talks where a request does not say.
        public var audience: String

        public init(side: Int, audience: String) {
            self.side = side
            self.audience = audience
        }
    }

    /// What becomes of a system prompt.
    public enum SystemPolicy: String, Sendable { case drop, prepend, truncate }
    /// Whether `<|endoftext|>` is text or a token.
    public enum EndOfText: String, Sendable { case literal, special }

    /// What requests call the model: 1 to 64 of `A-Z a-z 0-9 . _ : -`, never `list`.
    public var key: String
    /// A name under `modelsFolder`, or an absolute path.
    public var modelName: String
    /// Where a `modelName` that is no path is looked for: `models` beside the configuration.
    public var modelsFolder: String
    /// A folder of checkpoints or one of them, absolute; nil for `modelName`'s own.
    public var restoreFrom: String?
    /// With its names and the persona's side.
    public var sanitizer: Sanitizer
    public var persona: Persona
    public var generation: GenerationDefaults
    /// Whether the original's quirks are on.
    public var isCompatible: Bool
    /// How the weights are kept.
    public var weights: WeightFormat
    /// How keys and values are kept.
    public var cache: CacheFormat
    /// The key of a smaller model that guesses ahead.
    public var draft: String?
    public var preload: Bool
    public var pin: Bool
    /// How long it stays loaded unused; nil for ever.
    public var timeToLive: Duration?
    public var system: SystemPolicy
    public var endOfText: EndOfText
    /// Where the model stands in the file.
    public var position: JSONPosition
}

/// How a model answers where a request does not say.
public struct GenerationDefaults: Sendable, Equatable {
    /// Tokens of a reply.
    public var length: Int
    /// 0 takes the likeliest token.
    public var temperature: Double
    /// 0 draws from all.
    public var topK: Int
    /// 0 is off.
    public var topP: Double
    /// 0 and 1 are off.
    public var penalize: Double
    /// Texts that end a reply and are not sent.
    public var stop: [String]

    public init(
        length: Int, temperature: Double, topK: Int, topP: Double, penalize: Double, stop: [String]
    ) {
        self.length = length
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.penalize = penalize
        self.stop = stop
    }
}
