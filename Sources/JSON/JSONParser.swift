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

    /// Reads one JSON text that is an object, member by member, and keeps none of them: for an object
    /// of so many that whoever reads it makes something smaller of each.
    ///
    /// Refuses what `parse(_:maximumDepth:)` does, but for duplicate keys, which the reader looks for.
    ///
    /// - Parameters:
    ///   - bytes: the whole text in UTF-8.
    ///   - maximumDepth: how deep lists and objects may nest.
    ///   - key: gets each key in UTF-8, before its value is read.
    ///   - member: gets its value, and where the key stands.
    /// - Returns: the value, if it is no object.
    /// - Throws: `JSONError` with the first fault, and what `key` and `member` throw.
    public static func readMembers(
        of bytes: [UInt8], maximumDepth: Int = 32,
        key: (UnsafeBufferPointer<UInt8>) throws -> Void,
        member: (JSONValue, JSONPosition) throws -> Void
    ) throws -> JSONValue? {
        try bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(bytes: buffer, maximumDepth: maximumDepth)
            scanner.skipWhitespace()
            guard scanner.index < buffer.count, try scanner.peek() == UInt8(ascii: "{") else {
                return try scanner.parseText()
            }
            try scanner.parseMembers(
                depth: 1, key: { try $0.withValidString(key) },
                member: { _, value, place in try member(value, place) })
            try scanner.expectEnd()
            return nil
        }
    }

    /// Reads one JSON text from a string; see `parse(_:maximumDepth:)`.
    public static func parse(_ text: String, maximumDepth: Int = 32) throws -> JSONValue {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }
}
