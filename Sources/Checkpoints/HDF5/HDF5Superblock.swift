/// The start of an HDF5 file: where addresses count from and where the root group is.
struct HDF5Superblock {
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let part = "the superblock"

    /// Where the superblock is; bytes before it belong to somebody else.
    let base: Int
    let root: HDF5Address

    init(_ file: PositionedFile) throws {
        base = try Self.find(in: file)
        // Version 0 is 96 bytes long, the longest is 100; the newer ones are 48.
        let bytes = try file.bytes(at: base, count: min(100, file.size - base), part: Self.part)
        var cursor = ByteCursor(bytes, path: file.path, part: Self.part)
        try cursor.skip(Self.signature.count)
        let version = try cursor.expectVersion(0...3, of: "the HDF5 superblock")
        let end: Int
        if version < 2 {
            (end, root) = try Self.old(&cursor, version: version, base: base)
        } else {
            (end, root) = try Self.new(&cursor, version: version, base: base)
        }
        guard end <= file.size else {
            throw CheckpointError.tooShort(
                path: file.path, part: "what was written to it", end: end, size: file.size)
        }
    }

    /// At the start, or after a user block of 512, 1024, 2048, … bytes.
    private static func find(in file: PositionedFile) throws -> Int {
        var offset = 0
        while offset <= file.size - signature.count {
            let bytes = try file.bytes(at: offset, count: signature.count, part: part)
            if bytes == signature { return offset }
            offset = offset == 0 ? 512 : offset * 2
        }
        throw CheckpointError.malformed(
            path: file.path, part: "the file", fault: "it does not begin as HDF5 files do")
    }

    /// Versions 0 and 1, which have no checksum.
    private static func old(
        _ cursor: inout ByteCursor, version: UInt8, base: Int
    ) throws -> (end: Int, root: HDF5Address) {
        // Versions of the free space, the root group's entry, and shared messages.
        for _ in 0..<2 {
            guard try cursor.byte() == 0 else { throw cursor.fault("a version in it is not 0") }
        }
        try cursor.skip(1)
        guard try cursor.byte() == 0 else { throw cursor.fault("a version in it is not 0") }
        try requireWidths(&cursor)
        // Reserved, the trees' sizes (each node says its own), flags.
        try cursor.skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0))
        try requireBase(&cursor, base)
        try cursor.skip(8)
        let end = try cursor.length()
        guard try cursor.address().isUndefined else {
            throw CheckpointError.unsupported(path: cursor.path, feature: "an HDF5 file driver")
        }
        try cursor.skip(8)
        return (end, try cursor.definedAddress())
    }

    /// Versions 2 and 3.
    private static func new(
        _ cursor: inout ByteCursor, version: UInt8, base: Int
    ) throws -> (end: Int, root: HDF5Address) {
        let start = cursor.position - signature.count - 1
        try requireWidths(&cursor)
        let flags = try cursor.byte()
        guard version < 3 || flags & 5 == 0 else {
            throw cursor.fault("the program that writes the file has not closed it")
        }
        try requireBase(&cursor, base)
        try cursor.skip(8)
        let end = try cursor.length()
        let root = try cursor.definedAddress()
        let checksum = Lookup3.hash(cursor.bytes[start..<cursor.position])
        guard try cursor.uint32() == checksum else {
            throw CheckpointError.wrongChecksum(path: cursor.path, part: part)
        }
        return (end, root)
    }

    private static func requireWidths(_ cursor: inout ByteCursor) throws {
        let offsets = try cursor.byte()
        let lengths = try cursor.byte()
        guard offsets == 8, lengths == 8 else {
            throw CheckpointError.unsupported(
                path: cursor.path,
                feature: "HDF5 addresses of \(offsets) and lengths of \(lengths) bytes")
        }
    }

    private static func requireBase(_ cursor: inout ByteCursor, _ base: Int) throws {
        guard try cursor.length() == base else {
            throw cursor.fault("its base address is not where it is")
        }
    }
}
