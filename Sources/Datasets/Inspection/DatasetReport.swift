import Chat

/// What is in a chat log of the pipe format, and what of it should be mended before training.
///
/// No message's text is in it.
public struct DatasetReport: Sendable, Equatable {
    /// How many messages one side has with one audience.
    public struct Count: Sendable, Equatable {
        public let audience: String
        /// Of side 0, the persona.
        public var persona = 0
        /// Of side 1, whom it talks to.
        public var user = 0
    }

    /// Lines that occur more than once.
    public struct Repetition: Sendable, Equatable {
        /// How many different lines occur more than once.
        public var lineCount = 0
        /// How many lines would go if each were kept once.
        public var surplus = 0
        /// How often the most frequent occurs, and where it first does; 1 where none is repeated.
        public var most = 1
        public var mostAt: Int?
    }

    /// The log as tokens.
    public struct Tokens: Sendable, Equatable {
        public let count: Int
        public let contextLength: Int

        public init(count: Int, contextLength: Int) {
            self.count = count
            self.contextLength = contextLength
        }

        /// Whole windows; 0 where the log is smaller than one.
        public var windowCount: Int { max(0, count - 1) / max(1, contextLength) }
    }

    public let byteCount: Int
    public let lineCount: Int
    /// In the order of their lines.
    public let faults: [DatasetFault]
    /// By audience, the most frequent first.
    public let counts: [Count]
    public let repetition: Repetition
    /// Lines with what reads like text decoded wrongly.
    public let garbledLines: [Int]
    /// Nil where no vocabulary was at hand.
    public var tokens: Tokens?

    public var messageCount: Int { counts.reduce(0) { $0 + $1.persona + $1.user } }

    /// Below this a model of GPT-2's size learns the text by heart before it learns its manner.
    public static let advisedByteCount = 2_000_000

    public init(
        byteCount: Int, lineCount: Int, faults: [DatasetFault], counts: [Count],
        repetition: Repetition, garbledLines: [Int]
    ) {
        self.byteCount = byteCount
        self.lineCount = lineCount
        self.faults = faults
        self.counts = counts
        self.repetition = repetition
        self.garbledLines = garbledLines
    }
}

/// One line that training would learn wrongly.
public struct DatasetFault: Sendable, Equatable {
    /// Counted from 1.
    public let line: Int
    public let reason: Reason

    public enum Reason: Sendable, Equatable {
        case turn(TranscriptError.Fault.Reason)
        /// The turn has no text.
        case empty
    }

    public init(line: Int, _ reason: Reason) {
        self.line = line
        self.reason = reason
    }

    /// What is wrong, and what to do about it.
    public var sentence: String {
        switch reason {
        case .turn(let reason): reason.sentence
        case .empty: "the message has no text; leave the line out"
        }
    }
}
