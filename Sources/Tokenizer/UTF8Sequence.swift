/// The well-formed byte sequences of the Unicode Standard, table 3-7.
enum UTF8Sequence {
    /// Whether `bytes`, of which all but the first are continuation bytes, begin a character and do
    /// not finish it.
    static func isUnfinished(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let lead = bytes.first, bytes.count < length(lead) else { return false }
        guard let second = bytes.dropFirst().first else { return true }
        return switch lead {
        case 0xE0: second >= 0xA0
        case 0xED: second < 0xA0
        case 0xF0: second >= 0x90
        case 0xF4: second < 0x90
        default: true
        }
    }

    /// How many bytes a character that begins with `lead` has; 0 when none does.
    private static func length(_ lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: lead < 0x80 ? 1 : 0
        }
    }

    /// The place of the first byte that is not part of a character; the count where all are.
    static func firstInvalid(in bytes: [UInt8]) -> Int {
        var start = 0
        while start < bytes.count {
            let length = length(bytes[start])
            let end = start + length
            guard length > 0, end <= bytes.count,
                bytes[start + 1..<end].allSatisfy({ $0 & 0xC0 == 0x80 }),
                length == 1 || isUnfinished(bytes[start..<end - 1])
            else { return start }
            start = end
        }
        return start
    }
}
