/// `chunk-size [chunk-ext]` (RFC 9112, section 7.1): `1*HEXDIG`, no white space, extensions that
/// are well formed and otherwise ignored.
struct ChunkHeader: Equatable {
    var size: Int
    /// What the extensions take, their semicolons counted.
    var extensionBytes: Int

    /// Enough for 4 GiB, which no limit allows; leading zeros count.
    static let maximumDigits = 8

    init(_ line: [UInt8]) throws(RequestError) {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard !digits.isEmpty, digits.count <= Self.maximumDigits else { throw .malformedChunk }
        size = 0
        for digit in digits {
            guard let value = digit.hexadecimalValue else { throw .malformedChunk }
            size = size << 4 | Int(value)
        }
        let extensions = line[digits.endIndex...]
        guard Self.areWellFormed(extensions) else { throw .malformedChunk }
        extensionBytes = extensions.count
    }

    /// `*( ";" name [ "=" ( token / quoted-string ) ] )`.
    private static func areWellFormed(_ extensions: ArraySlice<UInt8>) -> Bool {
        var rest = extensions
        while !rest.isEmpty {
            rest = rest.dropFirst()
            let name = rest.prefix(while: \.isTokenCharacter)
            guard !name.isEmpty else { return false }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "=") else {
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return false }
                continue
            }
            rest = rest.dropFirst()
            guard let end = valueEnd(rest) else { return false }
            rest = rest[end...]
            guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return false }
        }
        return true
    }

    private static func valueEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == UInt8(ascii: "\"") else {
            let token = bytes.prefix(while: \.isTokenCharacter)
            return token.isEmpty ? nil : token.endIndex
        }
        var index = bytes.startIndex + 1
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }
}
