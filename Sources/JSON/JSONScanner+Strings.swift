extension JSONScanner {
    mutating func parseString() throws -> String {
        let start = position(after: 1)
        return try withString { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw JSONError(.notUTF8, at: start)
            }
            return text
        }
    }

    mutating func withValidString(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let start = position(after: 1)
        try withString { bytes in
            guard
                bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil
            else { throw JSONError(.notUTF8, at: start) }
            try body(bytes)
        }
    }

    /// Gives `body` what stands between the quotes, of which the first is here, with escapes decoded.
    mutating func withString<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) throws -> Result {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20
        {
            index += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            defer { index += 1 }
            return try body(UnsafeBufferPointer(rebasing: bytes[start..<index]))
        }
        decoded.removeAll(keepingCapacity: true)
        decoded.append(contentsOf: bytes[start..<index])
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw fail(.controlCharacter) }
            if byte == UInt8(ascii: "\\") {
                try parseEscape()
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        index += 1
        return try decoded.withUnsafeBufferPointer(body)
    }

    mutating func parseEscape() throws {
        guard index + 1 < bytes.count else {
            index = bytes.count
            throw fail(.unexpectedEnd)
        }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""): decoded.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): decoded.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): decoded.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            decoded.append(contentsOf: String(try parseUnicodeEscape()).utf8)
            return
        default: throw fail(.invalidEscape)
        }
        index += 2
    }

    /// Reads `\uXXXX`, or the two of them that make one scalar above U+FFFF.
    mutating func parseUnicodeEscape() throws -> Unicode.Scalar {
        let first = try hexadecimalUnit(at: index + 2)
        if let scalar = Unicode.Scalar(first) {
            index += 6
            return scalar
        }
        guard (0xD800..<0xDC00).contains(first), index + 7 < bytes.count,
            bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u")
        else { throw fail(.loneSurrogate) }
        let second = try hexadecimalUnit(at: index + 8)
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw fail(.loneSurrogate) }
        index += 12
        return scalar
    }

    func hexadecimalUnit(at start: Int) throws -> UInt32 {
        guard start + 4 <= bytes.count else { throw fail(.unexpectedEnd) }
        var unit: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                unit = unit << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
            default: throw fail(.invalidEscape)
            }
        }
        return unit
    }
}
