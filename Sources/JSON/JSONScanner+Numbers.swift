extension JSONScanner {
    mutating func parseNumber() throws -> JSONValue.Content {
        let start = index
        var isWhole = true
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        guard skipDigits() > 0 else { throw fail(.invalidNumber) }
        if bytes[firstDigit] == UInt8(ascii: "0"), index - firstDigit > 1 {
            throw fail(.invalidNumber)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            guard skipDigits() > 0 else { throw fail(.invalidNumber) }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            index += 1
            if index < bytes.count,
                bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
            {
                index += 1
            }
            guard skipDigits() > 0 else { throw fail(.invalidNumber) }
        }
        // Those up to eighteen digits fit into 64 bits, and are what there is most of.
        if isWhole, index - firstDigit <= 18 {
            let magnitude = bytes[firstDigit..<index].reduce(0) {
                $0 * 10 + Int($1 - UInt8(ascii: "0"))
            }
            return .integer(start < firstDigit ? -magnitude : magnitude)
        }
        let lexeme = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let value = Int(lexeme) { return .integer(value) }
        guard let value = Double(lexeme), value.isFinite else { throw fail(.numberTooLarge) }
        return .number(value)
    }

    mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
            index += 1
        }
        return index - start
    }
}
