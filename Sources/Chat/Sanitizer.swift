/// What is done to a model's reply before anyone sees it.
public struct Sanitizer: Sendable, Equatable {
    public enum Rules: String, Sendable, CaseIterable {
        /// The reply as it was generated.
        case none
        /// Keeps what was said and drops the pipe format around it; see `ReplyCleaner`.
        case chatbot
        /// The original's rules to the bit, with the digits and words they eat.
        case chatbotLegacy = "chatbot-legacy"
    }

    public let rules: Rules
    /// Who may stand in a prefix such as `0|mom|`.
    public let names: [String]
    /// The side on which the model speaks, for text that does not say its side.
    public let personaSide: Int

    public init(_ rules: Rules, names: [String] = [], personaSide: Int = 0) {
        self.rules = rules
        self.names = names
        self.personaSide = personaSide
    }

    /// The names in a list such as `DIXIE_NAMES`: split at commas, nothing trimmed, empty ones
    /// kept, since the original's rules see them so.
    public static func names(in list: String) -> [String] {
        list.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0)) }
    }

    /// The whole reply, cleaned.
    public func clean(_ text: String) -> String {
        String(decoding: clean(Array(text.utf8)), as: UTF8.self)
    }

    /// The whole reply, cleaned; bytes that are not UTF-8 are kept as they are.
    public func clean(_ bytes: [UInt8]) -> [UInt8] {
        var stream = StreamingSanitizer(self)
        return stream.append(bytes) + stream.finish()
    }
}
