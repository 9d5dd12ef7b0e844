import CZlib

/// Writes a zip file, member after member, each marked zip64 as NumPy marks its own.
struct ZipWriter {
    private struct Entry {
        let name: [UInt8]
        let method: UInt16
        let checksum: UInt32
        let compressedByteCount: Int
        let byteCount: Int
        let offset: Int
    }

    private let file: AtomicFile
    /// Sizes and offsets from here on are written in 64 bits; lower only in tests.
    private let zip64Threshold: Int
    private var entries: [Entry] = []

    private static let methods: (stored: UInt16, deflated: UInt16) = (0, 8)
    /// 4.5 is the first version of the format with zip64.
    private static let version: UInt16 = 45
    /// Names are UTF-8.
    private static let flags: UInt16 = 1 << 11
    /// The first of January 1980, the earliest a zip can say: the same arrays, the same file.
    private static let date: UInt16 = 1 << 5 | 1

    init(_ file: AtomicFile, zip64Threshold: Int = Int(UInt32.max)) {
        self.file = file
        self.zip64Threshold = zip64Threshold
    }

    /// Adds one member.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - pieces: its bytes, in order.
    ///   - compressed: whether to deflate them.
    /// - Throws: `CheckpointError`: a full disk and the like.
    mutating func add(name: String, pieces: [UnsafeRawBufferPointer], compressed: Bool) throws {
        let offset = file.offset
        let byteCount = pieces.reduce(0) { $0 + $1.count }
        // zlib takes no bytes at no address for a request to start anew.
        let checksum = pieces.reduce(0) { $1.isEmpty ? $0 : crc32_z($0, $1.baseAddress, $1.count) }
        func entry(compressedByteCount: Int) -> Entry {
            Entry(
                name: Array(name.utf8),
                method: compressed ? Self.methods.deflated : Self.methods.stored,
                checksum: UInt32(truncatingIfNeeded: checksum),
                compressedByteCount: compressedByteCount, byteCount: byteCount, offset: offset)
        }
        let provisional = Self.localHeader(of: entry(compressedByteCount: byteCount))
        try file.append(provisional)
        if compressed {
            try deflate(pieces)
            let final = entry(
                compressedByteCount: file.offset - offset - provisional.count)
            try file.replace(at: offset, with: Self.localHeader(of: final))
            entries.append(final)
        } else {
            for piece in pieces { try file.append(piece) }
            entries.append(entry(compressedByteCount: byteCount))
        }
    }

    private func deflate(_ pieces: [UnsafeRawBufferPointer]) throws {
        guard let deflater = Deflater() else {
            throw CheckpointError.outOfMemory(path: file.path)
        }
        let most = 1 << 20
        for piece in pieces {
            for start in stride(from: 0, to: piece.count, by: most) {
                let part = piece[start..<min(start + most, piece.count)]
                try deflater.deflate(UnsafeRawBufferPointer(rebasing: part), isLast: false) {
                    try file.append($0)
                }
            }
        }
        try deflater.deflate(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) {
            try file.append($0)
        }
    }

    /// Writes the directory, after the last member.
    ///
    /// - Throws: `CheckpointError`: a full disk and the like.
    func finish() throws {
        let start = file.offset
        for entry in entries { try file.append(directoryEntry(of: entry)) }
        let byteCount = file.offset - start
        let end = file.offset
        let isLarge =
            start >= zip64Threshold || byteCount >= zip64Threshold
            || entries.count >= min(0xFFFF, zip64Threshold)
        if isLarge {
            try file.append(
                Self.fields { record in
                    record.add(UInt32(0x0606_4B50))
                    record.add(UInt64(44))
                    record.add(Self.version, Self.version)
                    record.add(UInt32(0), UInt32(0))
                    record.add(
                        UInt64(entries.count), UInt64(entries.count), UInt64(byteCount),
                        UInt64(start))
                    record.add(UInt32(0x0706_4B50), UInt32(0))
                    record.add(UInt64(end))
                    record.add(UInt32(1))
                })
        }
        try file.append(
            Self.fields { record in
                record.add(UInt32(0x0605_4B50))
                record.add(UInt16(0), UInt16(0))
                let count = isLarge ? UInt16.max : UInt16(entries.count)
                record.add(count, count)
                record.add(isLarge ? UInt32.max : UInt32(byteCount))
                record.add(isLarge ? UInt32.max : UInt32(start))
                record.add(UInt16(0))
            })
    }

    private static func localHeader(of entry: Entry) -> [UInt8] {
        fields { record in
            record.add(UInt32(0x0403_4B50))
            record.add(version, flags, entry.method, 0, date)
            record.add(entry.checksum, UInt32.max, UInt32.max)
            record.add(UInt16(entry.name.count), 20)
            record.bytes += entry.name
            record.add(UInt16(1), 16)
            record.add(UInt64(entry.byteCount), UInt64(entry.compressedByteCount))
        }
    }

    private func directoryEntry(of entry: Entry) -> [UInt8] {
        // In the order the format wants them; only those that do not fit in 32 bits are here.
        let sizes = [entry.byteCount, entry.compressedByteCount, entry.offset]
        let moved = sizes.filter { $0 >= zip64Threshold }
        func field(_ size: Int) -> UInt32 { size >= zip64Threshold ? .max : UInt32(size) }
        return Self.fields { record in
            record.add(UInt32(0x0201_4B50))
            record.add(Self.version, Self.version, Self.flags, entry.method, 0, Self.date)
            record.add(entry.checksum)
            record.add(field(entry.compressedByteCount), field(entry.byteCount))
            record.add(UInt16(entry.name.count), moved.isEmpty ? 0 : UInt16(4 + 8 * moved.count))
            record.add(UInt16(0), 0, 0)
            record.add(UInt32(0), field(entry.offset))
            record.bytes += entry.name
            if !moved.isEmpty {
                record.add(UInt16(1), UInt16(8 * moved.count))
                for size in moved { record.add(UInt64(size)) }
            }
        }
    }

    private struct Fields {
        var bytes: [UInt8] = []

        mutating func add<Integer: FixedWidthInteger>(_ values: Integer...) {
            for value in values {
                withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
            }
        }
    }

    private static func fields(_ build: (inout Fields) -> Void) -> [UInt8] {
        var record = Fields()
        build(&record)
        return record.bytes
    }
}
