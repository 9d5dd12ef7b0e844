/// A table of little-endian fields, read from front to back; a field past the end is an error.
struct LittleEndianFields {
    let path: String
    /// What the table is, for errors.
    let part: String
    private let table: [UInt8]
    private var index = 0

    init(_ table: [UInt8], path: String, part: String) {
        self.table = table
        self.path = path
        self.part = part
    }

    var isAtEnd: Bool { index == table.count }

    func malformed(_ fault: String) -> CheckpointError {
        .malformed(path: path, part: part, fault: fault)
    }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= table.count - index else {
            throw malformed("it ends inside an entry")
        }
        defer { index += count }
        return Array(table[index..<index + count])
    }

    mutating func skip(_ count: Int) throws {
        _ = try bytes(count)
    }

    mutating func uint16() throws -> UInt16 {
        try bytes(2).reversed().reduce(0) { $0 << 8 | UInt16($1) }
    }

    mutating func uint32() throws -> UInt32 {
        try bytes(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A 64-bit size or offset that is also an `Int`.
    mutating func size() throws -> Int {
        let value = try bytes(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let size = Int(exactly: value) else {
            throw malformed("a size or offset is impossible")
        }
        return size
    }

    mutating func expect(_ signature: UInt32, called name: String) throws {
        guard try uint32() == signature else {
            throw malformed("\(name) does not begin as it must")
        }
    }
}
