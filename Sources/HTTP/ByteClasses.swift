// The alphabets of RFC 9110 and 9112. A head is bytes, not text: Swift takes CR LF for one
// character, and finds letters and digits far beyond ASCII.

extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")

    var isDigit: Bool { self &- 0x30 < 10 }

    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// `tchar`, RFC 9110, section 5.6.2.
    var isTokenCharacter: Bool {
        if isLetter || isDigit { return true }
        return switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// What may stand in a line of a head: everything printable, spaces, tabs and `obs-text`.
    var isLineCharacter: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// Printable ASCII, no space.
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    var isBlank: Bool { self == .space || self == .tab }

    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt8? {
        if isDigit { return self - 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    var asciiLowercased: UInt8 { isLetter ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether these are the bytes of `other`, but for the case of ASCII letters.
    func isSame(as other: String) -> Bool {
        let other = other.utf8
        return count == other.count
            && zip(self, other).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }

    var isToken: Bool { !isEmpty && allSatisfy(\.isTokenCharacter) }
}

extension ArraySlice<UInt8> {
    /// Without the optional white space (RFC 9110, section 5.6.3) around it.
    var trimmed: ArraySlice<UInt8> {
        var result = drop(while: \.isBlank)
        while let last = result.last, last.isBlank { result.removeLast() }
        return result
    }
}
