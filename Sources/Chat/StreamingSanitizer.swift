/// A sanitizer for a reply that arrives in pieces.
///
/// However the reply is cut, the pieces that come out, joined, are `Sanitizer.clean` of the whole.
/// Text that may yet be removed is held back. `chatbot-legacy` needs the whole reply and gives
/// everything at `finish`.
public struct StreamingSanitizer: Sendable {
    private enum State: Sendable {
        case untouched
        case legacy(names: [String], received: [UInt8])
        case chatbot(ReplyCleaner)
    }

    private var state: State

    public init(_ sanitizer: Sanitizer) {
        switch sanitizer.rules {
        case .none: state = .untouched
        case .chatbotLegacy: state = .legacy(names: sanitizer.names, received: [])
        case .chatbot:
            state = .chatbot(
                ReplyCleaner(names: sanitizer.names, personaSide: sanitizer.personaSide))
        }
    }

    /// Whether nothing that may still arrive can add to the reply, so that generating may stop.
    public var hasEnded: Bool {
        if case .chatbot(let cleaner) = state { cleaner.hasEnded } else { false }
    }

    /// Takes the next piece of the reply and returns what can be sent of it by now.
    public mutating func append(_ text: String) -> String {
        String(decoding: append(Array(text.utf8)), as: UTF8.self)
    }

    /// Takes the end of the reply and returns what was held back and stays.
    public mutating func finish() -> String {
        String(decoding: finish() as [UInt8], as: UTF8.self)
    }

    mutating func append(_ bytes: [UInt8]) -> [UInt8] {
        switch state {
        case .untouched:
            return bytes
        case .legacy(let names, var received):
            // Let go of the only other reference, so that appending does not copy what is there.
            state = .untouched
            received += bytes
            state = .legacy(names: names, received: received)
            return []
        case .chatbot(var cleaner):
            state = .untouched
            defer { state = .chatbot(cleaner) }
            return cleaner.append(bytes)
        }
    }

    mutating func finish() -> [UInt8] {
        switch state {
        case .untouched:
            return []
        case .legacy(let names, let received):
            state = .legacy(names: names, received: [])
            return LegacyRules.apply(to: received, names: names)
        case .chatbot(var cleaner):
            state = .untouched
            defer { state = .chatbot(cleaner) }
            return cleaner.finish()
        }
    }
}
