/// One message of a conversation.
public struct Turn: Sendable, Hashable {
    /// The marker that ends every turn.
    public static let marker = "<EOM>"

    /// Who speaks: 0 the persona the model was tuned to be, 1 the person talking to it.
    public let side: Int
    /// With whom the persona talks; the same for both sides.
    public let audience: String
    public let text: String

    /// - Parameters:
    ///   - side: 0 or 1.
    ///   - audience: a name as `isAudience` wants it.
    ///   - text: what is said; anything.
    /// - Throws: `TranscriptError.side` or `.audience`.
    public init(side: Int, audience: String, text: String) throws(TranscriptError) {
        guard side == 0 || side == 1 else { throw .side(side) }
        guard Self.isAudience(audience) else { throw .audience }
        self.side = side
        self.audience = audience
        self.text = text
    }

    /// Whether a name can stand in a prefix: 1 to 64 bytes, no `|`, no control character or line
    /// break, no marker.
    public static func isAudience(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && !name.unicodeScalars.contains { $0 == "|" || $0.value < 0x20 || isLineBreak($0) }
            && !Array(name.utf8).contains(Array(marker.utf8))
    }

    /// What a prompt ends with when `side` is to speak.
    public static func prefix(side: Int, audience: String) -> String { "\(side)|\(audience)|" }

    /// The turn as it stands in a prompt and in training data, line break included. It is one line
    /// whatever the text holds.
    public var line: String {
        "\(Self.prefix(side: side, audience: audience))\(sanitizedText) \(Self.marker)\n"
    }

    /// The text in a form that cannot end its turn and begin another: every run of line breaks,
    /// markers and the spaces around them is one space, and both ends are trimmed.
    ///
    /// A marker is never just taken out, since what stood around it could make a new one.
    public var sanitizedText: String {
        let marker = Array(Self.marker.unicodeScalars)
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var spaces = 0
        var isBroken = false
        var index = 0
        while index < scalars.count {
            if scalars[index...].starts(with: marker) {
                isBroken = true
                index += marker.count
                continue
            }
            let scalar = scalars[index]
            index += 1
            if Self.isLineBreak(scalar) {
                isBroken = true
            } else if scalar == " " {
                spaces += 1
            } else {
                if !result.isEmpty {
                    result.append(contentsOf: repeatElement(" ", count: isBroken ? 1 : spaces))
                }
                result.append(scalar)
                spaces = 0
                isBroken = false
            }
        }
        return String(result)
    }

    /// Everything any reader of the format may take for the end of a line (Python's `splitlines`).
    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

extension [UInt8] {
    func contains(_ needle: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: needle) }
    }
}
