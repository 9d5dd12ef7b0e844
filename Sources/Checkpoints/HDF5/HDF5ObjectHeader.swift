/// The kinds of header message that say what a dataset or group is.
enum HDF5MessageKind: UInt16 {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case filters = 0x0B
    case continuation = 0x10
    case symbolTable = 0x11
}

/// One message of an object's header.
struct HDF5Message {
    let kind: HDF5MessageKind
    let body: ByteCursor
    /// Where the body is in the file; a compact dataset's elements are inside a message.
    let offset: Int
}

/// The header of a dataset or group: a list of messages, in one or several chunks.
struct HDF5ObjectHeader {
    /// Messages of the kinds we keep; a group of the newer sort may have a link in each.
    static let messageLimit = 4096
    static let chunkLimit = 1024

    private(set) var messages: [HDF5Message] = []

    /// A stretch of messages.
    private struct Chunk {
        let cursor: ByteCursor
        let offset: Int
    }

    /// - Parameters:
    ///   - address: of the header.
    ///   - part: whose header it is, for the errors.
    ///   - metadata: the file.
    /// - Throws: `CheckpointError`: malformed, a wrong checksum, something not supported.
    init(at address: HDF5Address, part: String, in metadata: HDF5Metadata) throws {
        let signature = try metadata.structure(at: address, count: 4, part: part)
        if signature.bytes.elementsEqual("OHDR".utf8) {
            try readNew(at: address, part: part, in: metadata)
        } else {
            try readOld(at: address, part: part, in: metadata)
        }
    }

    func first(_ kind: HDF5MessageKind) -> HDF5Message? {
        messages.first { $0.kind == kind }
    }

    private mutating func readOld(
        at address: HDF5Address, part: String, in metadata: HDF5Metadata
    ) throws {
        let prefixByteCount = 16
        var prefix = try metadata.structure(at: address, count: prefixByteCount, part: part)
        _ = try prefix.expectVersion(1...1, of: "HDF5 object headers")
        try prefix.skip(7)
        let count = Int(try prefix.uint32())
        let first = try metadata.structure(
            at: address, skipping: prefixByteCount, count: count, part: part)
        let offset = try metadata.offset(of: address, part: part) + prefixByteCount
        try readChunks(
            from: Chunk(cursor: first, offset: offset), in: metadata,
            message: { chunk in
                guard chunk.remaining >= 8 else { return nil }
                let type = UInt16(try chunk.uint16())
                let count = try chunk.uint16()
                let flags = try chunk.byte()
                try chunk.skip(3)
                return (type, count, flags)
            },
            continuation: { address, count in
                try metadata.structure(at: address, count: count, part: part)
            })
    }

    private mutating func readNew(
        at address: HDF5Address, part: String, in metadata: HDF5Metadata
    ) throws {
        var prefix = try metadata.structure(at: address, count: 6, part: part)
        try prefix.expect("OHDR")
        _ = try prefix.expectVersion(2...2, of: "HDF5 object headers")
        let flags = try prefix.byte()
        let optionalByteCount = (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
        let widthOfCount = 1 << Int(flags & 3)
        var size = try metadata.structure(
            at: address, skipping: 6 + optionalByteCount, count: widthOfCount, part: part)
        guard let count = Int(exactly: try size.integer(widthOfCount)), count <= metadata.file.size
        else { throw size.fault("its length is impossible") }
        let start = 6 + optionalByteCount + widthOfCount
        var first = try metadata.checkedStructure(at: address, count: start + count + 4, part: part)
        try first.skip(start)
        let hasOrder = flags & 4 != 0
        let messageHeader = hasOrder ? 6 : 4
        try readChunks(
            from: Chunk(
                cursor: first, offset: try metadata.offset(of: address, part: part) + start),
            in: metadata,
            message: { chunk in
                // What is too short for a message is a gap.
                guard chunk.remaining >= messageHeader else { return nil }
                let type = UInt16(try chunk.byte())
                let count = try chunk.uint16()
                let flags = try chunk.byte()
                if hasOrder { try chunk.skip(2) }
                return (type, count, flags)
            },
            continuation: { address, count in
                var chunk = try metadata.checkedStructure(at: address, count: count, part: part)
                try chunk.expect("OCHK")
                return chunk
            })
    }

    /// Follows the continuation messages and keeps the messages that matter.
    private mutating func readChunks(
        from first: Chunk, in metadata: HDF5Metadata,
        message next: (inout ByteCursor) throws -> (type: UInt16, count: Int, flags: UInt8)?,
        continuation: (HDF5Address, Int) throws -> ByteCursor
    ) throws {
        var chunks = [first]
        var done = 0
        while done < chunks.count {
            var cursor = chunks[done].cursor
            let start = cursor.position
            let offset = chunks[done].offset
            done += 1
            while let (type, count, flags) = try next(&cursor) {
                let body = offset + (cursor.position - start)
                var contents = try cursor.part(count)
                guard let kind = HDF5MessageKind(rawValue: type) else {
                    // Bit 7: whoever does not know this message must not read the object.
                    guard flags & 0x80 == 0 else {
                        throw CheckpointError.unsupported(
                            path: cursor.path, feature: "HDF5 message \(type) in \(cursor.part)")
                    }
                    continue
                }
                guard flags & 2 == 0 else {
                    throw CheckpointError.unsupported(
                        path: cursor.path, feature: "a shared HDF5 message in \(cursor.part)")
                }
                if kind == .continuation {
                    let address = try contents.definedAddress()
                    let count = try contents.length()
                    guard chunks.count < Self.chunkLimit else {
                        throw cursor.fault("it has more than \(Self.chunkLimit) chunks")
                    }
                    let chunk = try continuation(address, count)
                    let offset = try metadata.offset(of: address, part: cursor.part)
                    chunks.append(Chunk(cursor: chunk, offset: offset + chunk.position))
                } else {
                    guard messages.count < Self.messageLimit else {
                        throw cursor.fault("it has more than \(Self.messageLimit) messages")
                    }
                    messages.append(HDF5Message(kind: kind, body: contents, offset: body))
                }
            }
        }
    }
}
