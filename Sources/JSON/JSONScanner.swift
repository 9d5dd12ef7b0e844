/// The moving parts of one `parse`: a cursor over the bytes and the line it is on.
///
/// The pointer lives only inside `JSONParser`'s closures.
struct JSONScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var index = 0
    var line = 1
    var lineStart = 0
    /// What a string with escapes stands for, while it is read.
    var decoded: [UInt8] = []
    var collectsDuplicates = false
    var duplicates: [JSONError] = []

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    var position: JSONPosition { position(after: 0) }

    /// That of a byte further on in the line.
    func position(after count: Int) -> JSONPosition {
        JSONPosition(line: line, column: index + count - lineStart + 1)
    }

    func fail(_ fault: JSONError.Fault) -> JSONError { JSONError(fault, at: position) }

    mutating func parseText() throws -> JSONValue {
        skipWhitespace()
        guard index < bytes.count else { throw fail(.empty) }
        let value = try parseValue(depth: 0)
        try expectEnd()
        return value
    }

    mutating func expectEnd() throws {
        skipWhitespace()
        guard index == bytes.count else { throw fail(.trailingCharacters) }
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
        var members: [JSONMember] = []
        var keys: Set<String.ByteKey> = []
        try parseMembers(depth: depth) { (scanner: inout JSONScanner) -> String? in
            let place = scanner.position
            let key = try scanner.parseString()
            guard !keys.insert(key.byteKey).inserted else { return key }
            let duplicate = JSONError(.duplicateKey(key), at: place)
            guard scanner.collectsDuplicates else { throw duplicate }
            scanner.duplicates.append(duplicate)
            return nil
        } member: { key, value, place in
            if let key { members.append(JSONMember(key, value, at: place)) }
        }
        return .object(members)
    }

    /// Reads an object.
    ///
    /// - Parameters:
    ///   - depth: how deep it stands; 1 for the outermost.
    ///   - parseKey: reads a key, which begins here.
    ///   - member: gets what that made of it, the value, and where the key stands.
    /// - Throws: `JSONError` with the first fault, and what `parseKey` and `member` throw.
    mutating func parseMembers<Key>(
        depth: Int, key parseKey: (inout JSONScanner) throws -> Key,
        member: (Key, JSONValue, JSONPosition) throws -> Void
    ) throws {
        try enter(depth: depth)
        if try peek() == UInt8(ascii: "}") {
            index += 1
            return
        }
        while true {
            skipWhitespace()
            let place = position
            guard try peek() == UInt8(ascii: "\"") else {
                throw fail(.unexpectedCharacter(expected: "a key in double quotes"))
            }
            let key = try parseKey(&self)
            skipWhitespace()
            try expect(UInt8(ascii: ":"), called: "\":\"")
            skipWhitespace()
            try member(key, parseValue(depth: depth), place)
            skipWhitespace()
            if try peek() == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","), called: "\",\" or \"}\"")
        }
        index += 1
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
