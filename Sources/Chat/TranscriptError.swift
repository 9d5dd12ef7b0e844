/// What is wrong with a turn, or with a text that should be turns.
///
/// No case carries what was said.
public enum TranscriptError: Error, Equatable, CustomStringConvertible {
    case side(Int)
    case audience
    /// Lines that are not turns; at least one, in the order of the text.
    case lines([Fault])

    /// One line that is not as it should be.
    public struct Fault: Sendable, Hashable {
        public enum Reason: Sendable, Hashable {
            case noPrefix
            case noMarker
            case textAfterMarker
            case severalLines
        }

        /// Counted from 1.
        public let line: Int
        public let reason: Reason

        public init(line: Int, _ reason: Reason) {
            self.line = line
            self.reason = reason
        }
    }

    public var description: String {
        switch self {
        case .side(let side):
            return "a turn's side is 0 (the persona) or 1 (the user), not \(side)"
        case .audience:
            return """
                an audience is 1 to 64 bytes long, without "|", line breaks and \(Turn.marker)
                """
        case .lines(let faults):
            return faults.map { "line \($0.line): \($0.reason.sentence)" }.joined(separator: "\n")
        }
    }
}

extension TranscriptError.Fault.Reason {
    /// What is wrong, and what to do about it.
    public var sentence: String {
        switch self {
        case .noPrefix: "no turn begins here; begin it with side|audience|, as in 0|mom|"
        case .noMarker: "the turn that begins here is not ended; end it with \(Turn.marker)"
        case .textAfterMarker:
            "there is more text after \(Turn.marker); put it on a line of its own"
        case .severalLines: "the turn that begins here goes over several lines; make it one"
        }
    }
}
