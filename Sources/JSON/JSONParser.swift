/// A strict reader of JSON texts (RFC 8259).
///
/// Refused, each with its place: anything but UTF-8 (a byte order mark included), duplicate keys,
/// lone surrogates, raw control characters, numbers that are not finite, nesting deeper than
/// `maximumDepth`, and anything after the value. Time is linear in the text.
public enum JSONParser {
    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the whole text in UTF-8.
    ///   - maximumDepth: how deep lists and objects may nest.
    /// - Returns: the value, every part of it with its place.
    /// - Throws: `JSONError` with the first fault.
    public static func parse(_ bytes: [UInt8], maximumDepth: Int = 32) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(bytes: buffer, maximumDepth: maximumDepth)
            return try scanner.parseText()
        }
    }

    /// Reads one JSON text as `parse(_:maximumDepth:)` does, but goes on after a duplicate key, so
    /// that a person who mends a file learns of all of them at once.
    ///
    /// - Parameters:
    ///   - bytes: the whole text in UTF-8.
    ///   - maximumDepth: how deep lists and objects may nest.
    ///   - duplicates: gets a fault for every key that stood in its object before; of such a key
    ///     the value has the first member only.
    /// - Returns: the value, every part of it with its place.
    /// - Throws: `JSONError` with the first fault of any other kind.
    public static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 32, collecting duplicates: inout [JSONError]
    ) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(bytes: buffer, maximumDepth: maximumDepth)
            scanner.collectsDuplicates = true
            defer { duplicates += scanner.duplicates }
            return try scanner.parseText()
        }
    }

    /// Reads one JSON text from a string; see `parse(_:maximumDepth:)`.
    public static func parse(_ text: String, maximumDepth: Int = 32) throws -> JSONValue {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }
}

/// The moving parts of one `parse`: a cursor over the bytes and the line it is on.
///
/// The pointer lives only inside `JSONParser.parse`'s closure.
private struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var index = 0
    var line = 1
    var lineStart = 0
    var collectsDuplicates = false
    var duplicates: [JSONError] = []

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    var position: JSONPosition { JSONPosition(line: line, column: index - lineStart + 1) }

    func fail(_ fault: JSONError.Fault) -> JSONError { JSONError(fault, at: position) }

    mutating func parseText() throws -> JSONValue {
        skipWhitespace()
        guard index < bytes.count else { throw fail(.empty) }
        let value = try parseValue(depth: 0)
        skipWhitespace()
        guard index == bytes.count else { throw fail(.trailingCharacters) }
        return value
    }

    mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                index += 1
            default:
                return
            }
        }
    }

    func peek() throws -> UInt8 {
        guard index < bytes.count else { throw fail(.unexpectedEnd) }
        return bytes[index]
    }

    mutating func expect(_ byte: UInt8, called name: String) throws {
        guard try peek() == byte else { throw fail(.unexpectedCharacter(expected: name)) }
        index += 1
    }

    mutating func parseValue(depth: Int) throws -> JSONValue {
        let start = position
        switch try peek() {
        case UInt8(ascii: "{"): return JSONValue(try parseObject(depth: depth + 1), at: start)
        case UInt8(ascii: "["): return JSONValue(try parseArray(depth: depth + 1), at: start)
        case UInt8(ascii: "\""): return JSONValue(.string(try parseString()), at: start)
        case UInt8(ascii: "t"): return JSONValue(try parseWord("true", .bool(true)), at: start)
        case UInt8(ascii: "f"): return JSONValue(try parseWord("false", .bool(false)), at: start)
        case UInt8(ascii: "n"): return JSONValue(try parseWord("null", .null), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONValue(try parseNumber(), at: start)
        default: throw fail(.unexpectedCharacter(expected: "a value"))
        }
    }

    mutating func parseWord(
        _ word: StaticString, _ content: JSONValue.Content
    ) throws -> JSONValue.Content {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index + offset < bytes.count else {
                index = bytes.count
                throw fail(.unexpectedEnd)
            }
            guard bytes[index + offset] == word.utf8Start[offset] else {
                throw fail(.unexpectedCharacter(expected: "a value"))
            }
        }
        index += word.utf8CodeUnitCount
        return content
    }

    mutating func enter(depth: Int) throws {
        guard depth <= maximumDepth else { throw fail(.tooDeep(limit: maximumDepth)) }
        index += 1
        skipWhitespace()
    }

    mutating func parseArray(depth: Int) throws -> JSONValue.Content {
        try enter(depth: depth)
        var elements: [JSONValue] = []
        if try peek() == UInt8(ascii: "]") {
            index += 1
            return .array(elements)
        }
        while true {
            skipWhitespace()
            elements.append(try parseValue(depth: depth))
            skipWhitespace()
            if try peek() == UInt8(ascii: "]") { break }
            try expect(UInt8(ascii: ","), called: "\",\" or \"]\"")
        }
        index += 1
        return .array(elements)
    }

    mutating func parseObject(depth: Int) throws -> JSONValue.Content {
        try enter(depth: depth)
        var members: [JSONMember] = []
        if try peek() == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        var keys: Set<String.ByteKey> = []
        while true {
            skipWhitespace()
            let place = position
            guard try peek() == UInt8(ascii: "\"") else {
                throw fail(.unexpectedCharacter(expected: "a key in double quotes"))
            }
            let key = try parseString()
            let isNew = keys.insert(key.byteKey).inserted
            if !isNew {
                let duplicate = JSONError(.duplicateKey(key), at: place)
                guard collectsDuplicates else { throw duplicate }
                duplicates.append(duplicate)
            }
            skipWhitespace()
            try expect(UInt8(ascii: ":"), called: "\":\"")
            skipWhitespace()
            let value = try parseValue(depth: depth)
            if isNew { members.append(JSONMember(key, value, at: place)) }
            skipWhitespace()
            if try peek() == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","), called: "\",\" or \"}\"")
        }
        index += 1
        return .object(members)
    }
}

// MARK: - Numbers

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

// MARK: - Strings

extension JSONScanner {
    mutating func parseString() throws -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20
        {
            index += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
            let text = try validated(bytes[start..<index], from: start)
            index += 1
            return text
        }
        var decoded = Array(bytes[start..<index])
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 { throw fail(.controlCharacter) }
            if byte == UInt8(ascii: "\\") {
                try parseEscape(into: &decoded)
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        let text = try decoded.withUnsafeBufferPointer { try validated($0[...], from: start) }
        index += 1
        return text
    }

    func validated(_ slice: Slice<UnsafeBufferPointer<UInt8>>, from start: Int) throws -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw JSONError(.notUTF8, at: JSONPosition(line: line, column: start - lineStart + 1))
        }
        return text
    }

    mutating func parseEscape(into decoded: inout [UInt8]) throws {
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
            decoded.append(contentsOf: Array(String(try parseUnicodeEscape()).utf8))
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

extension String {
    /// A key compared byte by byte: `String` calls canonically equivalent texts equal, JSON does
    /// not, and GPT-2's vocabulary has such pairs.
    fileprivate struct ByteKey: Hashable {
        let text: String

        static func == (left: ByteKey, right: ByteKey) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    fileprivate var byteKey: ByteKey { ByteKey(text: self) }
}
