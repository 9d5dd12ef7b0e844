/// Characters past U+FFFF that were written as the two halves that UTF-16 has, each in three bytes
/// of UTF-8 (CESU-8). Java and some databases do that.
enum UTF8Surrogates {
    /// The character that six bytes spell so; nil where they do not.
    static func scalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        let six = Array(bytes.prefix(6))
        guard six.count == 6, six[0] == 0xED, (0xA0...0xAF).contains(six[1]), six[3] == 0xED,
            (0xB0...0xBF).contains(six[4]), [six[2], six[5]].allSatisfy({ $0 & 0xC0 == 0x80 })
        else { return nil }
        let high = UInt32(six[1] & 0x0F) << 6 | UInt32(six[2] & 0x3F)
        let low = UInt32(six[4] & 0x0F) << 6 | UInt32(six[5] & 0x3F)
        return Unicode.Scalar(0x10000 + (high << 10 | low))
    }

    /// The bytes with such pairs in proper UTF-8, and single halves as U+FFFD.
    static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if let scalar = scalar(rest) {
                result += Array(String(scalar).utf8)
                index += 6
            } else if isHalf(rest) {
                result += [0xEF, 0xBF, 0xBD]
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// Where the byte that `joined` has put at an offset was before.
    static func offset(_ offset: Int, ofJoined bytes: [UInt8]) -> Int {
        var place = 0
        var joinedPlace = 0
        while place < bytes.count, joinedPlace < offset {
            let isPair = scalar(bytes[place...]) != nil
            joinedPlace += isPair ? 4 : 1
            place += isPair ? 6 : 1
        }
        return place
    }

    private static func isHalf(_ bytes: ArraySlice<UInt8>) -> Bool {
        let three = Array(bytes.prefix(3))
        return three.count == 3 && three[0] == 0xED && (0xA0...0xBF).contains(three[1])
            && three[2] & 0xC0 == 0x80
    }
}
