/// One entry of a zip file's central directory (APPNOTE 4.3.12).
struct ZipHeader {
    let name: String
    let method: ZipArchive.Method
    let checksum: UInt32
    let compressedByteCount: Int
    let byteCount: Int
    let localHeaderOffset: Int

    /// What stands in a 32-bit field whose value is in the zip64 field.
    static let moved = Int(UInt32.max)

    init(_ fields: inout LittleEndianFields) throws {
        try fields.expect(0x0201_4B50, called: "an entry")
        try fields.skip(4)  // versions
        let flags = try fields.uint16()
        let methodCode = try fields.uint16()
        try fields.skip(4)  // time and date
        checksum = try fields.uint32()
        let sizes = [try Int(fields.uint32()), try Int(fields.uint32())]
        let nameCount = try Int(fields.uint16())
        let extraCount = try Int(fields.uint16())
        let commentCount = try Int(fields.uint16())
        let disk = try fields.uint16()
        try fields.skip(6)  // attributes
        let offset = try Int(fields.uint32())
        guard let name = String(validating: try fields.bytes(nameCount), as: UTF8.self) else {
            throw fields.malformed("the name of a member is not UTF-8")
        }
        self.name = name
        let extra = try fields.bytes(extraCount)
        try fields.skip(commentCount)

        func unsupported(_ feature: String) -> CheckpointError {
            .unsupported(path: fields.path, feature: feature)
        }
        // Bits 0, 6 and 13 are the three ways of encrypting.
        guard flags & 0x2041 == 0 else { throw unsupported("an encrypted zip member, \(name)") }
        switch methodCode {
        case 0: method = .stored
        case 8: method = .deflated
        default: throw unsupported("zip compression method \(methodCode), of the member \(name)")
        }
        guard disk == 0 else { throw unsupported("a zip cut over several disks") }

        var zip64 = try Self.zip64Field(in: extra, of: fields)
        byteCount = sizes[1] == Self.moved ? try zip64.size() : sizes[1]
        compressedByteCount = sizes[0] == Self.moved ? try zip64.size() : sizes[0]
        localHeaderOffset = offset == Self.moved ? try zip64.size() : offset
        let largest =
            method == .stored
            ? (compressedByteCount, false)
            : compressedByteCount.multipliedReportingOverflow(by: ZipArchive.maximumDeflateRatio)
        guard largest.1 || byteCount <= largest.0,
            method == .deflated || byteCount == compressedByteCount
        else {
            throw fields.malformed("the sizes of the member \(name) contradict each other")
        }
    }

    /// The contents of extra field 1; empty where there is none.
    private static func zip64Field(
        in extra: [UInt8], of fields: LittleEndianFields
    ) throws -> LittleEndianFields {
        var rest = LittleEndianFields(extra, path: fields.path, part: fields.part)
        while !rest.isAtEnd {
            let identifier = try rest.uint16()
            let body = try rest.bytes(Int(rest.uint16()))
            if identifier == 1 {
                return LittleEndianFields(body, path: fields.path, part: fields.part)
            }
        }
        return rest
    }

    /// Where the member's bytes begin, from the local header, which must be this entry's
    /// (APPNOTE 4.3.7).
    func dataOffset(in file: PositionedFile) throws -> Int {
        let part = "the local header of \(name)"
        var local = LittleEndianFields(
            try file.bytes(at: localHeaderOffset, count: 30, part: part), path: file.path,
            part: part)
        try local.expect(0x0403_4B50, called: "it")
        try local.skip(22)
        let nameCount = try Int(local.uint16())
        let extraCount = try Int(local.uint16())
        // The read above proves that this sum does not overflow.
        let nameOffset = localHeaderOffset + 30
        let localName = try file.bytes(at: nameOffset, count: nameCount, part: part)
        guard localName.elementsEqual(name.utf8) else {
            throw local.malformed("its name is not the directory's")
        }
        return nameOffset + nameCount + extraCount
    }
}
