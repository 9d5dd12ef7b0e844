/// Where a zip file's central directory is (APPNOTE 4.3.14 to 4.3.16).
struct ZipDirectoryEnd {
    let offset: Int
    let byteCount: Int
    let memberCount: Int

    private static let recordByteCount = 22
    private static let maximumCommentByteCount = 0xFFFF
    private static let part = "the end of the zip directory"

    init(of file: PositionedFile) throws {
        let tailCount = min(file.size, Self.recordByteCount + Self.maximumCommentByteCount)
        let tailOffset = file.size - tailCount
        let tail = try file.bytes(at: tailOffset, count: tailCount, part: Self.part)
        guard let start = Self.recordStart(in: tail) else {
            throw CheckpointError.malformed(
                path: file.path, part: Self.part,
                fault: "it is not there; the file is cut short or not a zip file")
        }
        var record = LittleEndianFields(
            Array(tail[start...]), path: file.path, part: Self.part)
        try record.skip(4)
        let disks = [try record.uint16(), try record.uint16()]
        let counts = [try Int(record.uint16()), try Int(record.uint16())]
        let byteCount = try Int(record.uint32())
        let offset = try Int(record.uint32())
        var end = tailOffset + start

        guard disks == [0, 0], counts[0] == counts[1] else {
            throw CheckpointError.unsupported(
                path: file.path, feature: "a zip cut over several disks")
        }
        // Python writes the zip64 record from 2 GiB on, where 32 bits still suffice.
        let isMoved =
            counts[1] == 0xFFFF || byteCount == ZipHeader.moved || offset == ZipHeader.moved
        if try isMoved || Self.hasLocator(before: end, in: file) {
            (end, self.offset, self.byteCount, memberCount) =
                try Self.zip64(in: file, recordOffset: end)
            guard counts[1] == 0xFFFF || counts[1] == memberCount,
                byteCount == ZipHeader.moved || byteCount == self.byteCount,
                offset == ZipHeader.moved || offset == self.offset
            else { throw record.malformed("it contradicts its zip64 record") }
        } else {
            (self.offset, self.byteCount, memberCount) = (offset, byteCount, counts[1])
        }
        let (directoryEnd, overflow) = self.offset.addingReportingOverflow(self.byteCount)
        guard !overflow, directoryEnd == end else {
            throw record.malformed("the directory does not lie right before it")
        }
    }

    /// The last place where a record's signature stands and its comment reaches exactly to the
    /// end of the file.
    private static func recordStart(in tail: [UInt8]) -> Int? {
        guard tail.count >= recordByteCount else { return nil }
        for start in (0...tail.count - recordByteCount).reversed()
        where tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5
            && tail[start + 3] == 6
        {
            let comment = Int(tail[start + 20]) | Int(tail[start + 21]) << 8
            if start + recordByteCount + comment == tail.count { return start }
        }
        return nil
    }

    private static let locatorByteCount = 20

    private static func hasLocator(before end: Int, in file: PositionedFile) throws -> Bool {
        guard end >= locatorByteCount else { return false }
        return try file.bytes(at: end - locatorByteCount, count: 4, part: part)
            == [0x50, 0x4B, 6, 7]
    }

    private static func zip64(
        in file: PositionedFile, recordOffset: Int
    ) throws -> (end: Int, offset: Int, byteCount: Int, memberCount: Int) {
        var locator = LittleEndianFields(
            try file.bytes(
                at: recordOffset - locatorByteCount, count: locatorByteCount, part: part),
            path: file.path, part: part)
        try locator.expect(0x0706_4B50, called: "the zip64 locator")
        try locator.skip(4)
        let start = try locator.size()
        var record = LittleEndianFields(
            try file.bytes(at: start, count: 56, part: part), path: file.path, part: part)
        try record.expect(0x0606_4B50, called: "the zip64 record")
        try record.skip(12)
        let disks = [try record.uint32(), try record.uint32()]
        let counts = [try record.size(), try record.size()]
        guard disks == [0, 0], counts[0] == counts[1] else {
            throw CheckpointError.unsupported(
                path: file.path, feature: "a zip cut over several disks")
        }
        let byteCount = try record.size()
        return (start, try record.size(), byteCount, counts[1])
    }
}
