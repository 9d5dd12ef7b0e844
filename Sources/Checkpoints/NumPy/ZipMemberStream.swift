import CZlib

/// One member of a zip file, inflated where it was deflated, its CRC-32 checked at the end.
final class ZipMemberStream: ByteStream {
    private let file: PositionedFile
    private let member: ZipArchive.Member
    private var checksum: UInt = 0
    /// How many of the member's bytes in the archive have been taken.
    private var consumed = 0
    private(set) var remaining: Int
    private let inflater: Inflater?

    var path: String { file.path }
    var part: String { "the member \(member.name)" }

    init(_ member: ZipArchive.Member, in file: PositionedFile) throws {
        self.file = file
        self.member = member
        remaining = member.byteCount
        inflater = member.method == .deflated ? Inflater() : nil
        if member.method == .deflated, inflater == nil {
            throw CheckpointError.outOfMemory(path: file.path)
        }
    }

    func read(into destination: UnsafeMutableRawBufferPointer) throws {
        guard destination.count <= remaining else {
            throw malformed("it ends \(destination.count - remaining) bytes too early")
        }
        // Pieces, so that the checksum is taken while they stand in the cache.
        let piece = 1 << 20
        var start = 0
        while start < destination.count {
            let end = min(start + piece, destination.count)
            let room = UnsafeMutableRawBufferPointer(rebasing: destination[start..<end])
            if let inflater {
                guard try inflate(with: inflater, into: room) == room.count else {
                    throw malformed("its compressed data ends too early")
                }
            } else {
                try file.read(at: member.offset + consumed, into: room, part: part)
                consumed += room.count
            }
            checksum = crc32_z(checksum, room.baseAddress, room.count)
            start = end
        }
        remaining -= destination.count
    }

    func finish() throws {
        guard remaining == 0 else { throw malformed("\(remaining) bytes follow its array") }
        if let inflater {
            // The mark that ends the data may stand after the last byte it makes.
            let surplus = try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
                try inflate(with: inflater, into: $0)
            }
            guard surplus == 0, inflater.isAtEnd, inflater.unusedByteCount == 0,
                consumed == member.compressedByteCount
            else { throw malformed("its compressed data does not end where it should") }
        }
        guard UInt32(truncatingIfNeeded: checksum) == member.checksum else {
            throw CheckpointError.wrongChecksum(path: path, part: part)
        }
    }

    private func inflate(
        with inflater: Inflater, into room: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        let filled = try inflater.inflate(into: room) { buffer in
            let count = min(buffer.count, member.compressedByteCount - consumed)
            try file.read(
                at: member.offset + consumed,
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), part: part)
            consumed += count
            return count
        }
        guard let filled else { throw malformed("its compressed data is damaged") }
        return filled
    }
}
