/// The fields of one structure of a file, taken one after another, little-endian.
///
/// Running out is an error that names the structure, so nothing a file claims about its own
/// lengths is believed before the bytes are there.
struct ByteCursor {
    let path: String
    /// What is being read, for the errors: "the header of group model".
    let part: String
    let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], path: String, part: String) {
        self.path = path
        self.part = part
        self.bytes = bytes
        self.position = 0
        self.end = bytes.count
    }

    private init(_ whole: ByteCursor, _ range: Range<Int>) {
        self.path = whole.path
        self.part = whole.part
        self.bytes = whole.bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    var remaining: Int { end - position }
    var isAtEnd: Bool { position == end }

    /// What is wrong with the structure, as an error.
    func fault(_ fault: String) -> CheckpointError {
        .malformed(path: path, part: part, fault: fault)
    }

    /// Throws unless `count` bytes are left.
    func require(_ count: Int) throws {
        guard count >= 0, count <= remaining else { throw fault("it ends too early") }
    }

    mutating func skip(_ count: Int) throws {
        try require(count)
        position += count
    }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        try require(count)
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A cursor of its own over the next `count` bytes, which this one passes over.
    mutating func part(_ count: Int) throws -> ByteCursor {
        try require(count)
        defer { position += count }
        return ByteCursor(self, position..<position + count)
    }

    /// An unsigned integer of 0 to 8 bytes.
    mutating func integer(_ byteCount: Int) throws -> UInt64 {
        try require(byteCount)
        var value: UInt64 = 0
        for index in 0..<byteCount {
            value |= UInt64(bytes[position + index]) << UInt64(8 * index)
        }
        position += byteCount
        return value
    }

    mutating func byte() throws -> UInt8 {
        try require(1)
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint16() throws -> Int { Int(try integer(2)) }
    mutating func uint32() throws -> UInt32 { UInt32(truncatingIfNeeded: try integer(4)) }
    mutating func uint64() throws -> UInt64 { try integer(8) }

    /// Eight bytes that count something, so they have to fit an `Int`.
    mutating func length() throws -> Int {
        guard let length = Int(exactly: try uint64()) else {
            throw fault("a length in it is impossible")
        }
        return length
    }

    mutating func expect(_ signature: StaticString) throws {
        let wanted = signature.withUTF8Buffer { Array($0) }
        guard remaining >= wanted.count, try take(wanted.count).elementsEqual(wanted) else {
            throw fault("it does not begin with \(signature)")
        }
    }

    /// A version byte that is one of those we read.
    mutating func expectVersion(_ known: ClosedRange<UInt8>, of what: String) throws -> UInt8 {
        let version = try byte()
        guard known.contains(version) else {
            throw CheckpointError.unsupported(path: path, feature: "version \(version) of \(what)")
        }
        return version
    }

    /// A protocol buffer's integer: seven bits a byte, lowest first, at most 64 bits.
    mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = UInt64(try byte())
            // Of the tenth byte only one bit still fits.
            guard shift < 63 || next <= 1 else { break }
            value |= (next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw fault("an integer in it is longer than 64 bits")
    }

    /// A varint that counts something.
    mutating func varintLength() throws -> Int {
        guard let length = Int(exactly: try varint()) else {
            throw fault("a length in it is impossible")
        }
        return length
    }
}
