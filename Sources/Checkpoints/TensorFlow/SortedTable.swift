/// The sorted table of LevelDB, which TensorFlow writes as a bundle's `.index`.
///
/// ```
/// data block … data block | metaindex block | index block | footer of 48 bytes
/// ```
/// A block is its entries, a type byte and a checksum. The index block's values say where the
/// data blocks are, the footer says where the index block is.
struct SortedTable {
    /// No honest index is near it: 64 bytes a tensor are usual.
    static let fileLimit = 8 << 20
    private static let footerByteCount = 48
    private static let trailerByteCount = 5
    private static let magic: UInt64 = 0xDB47_7524_8B80_FB57

    private let file: PositionedFile

    /// Where a block stands, its trailer left out.
    private struct Handle {
        let offset: Int
        let count: Int

        init(_ cursor: inout ByteCursor) throws {
            offset = try cursor.varintLength()
            count = try cursor.varintLength()
        }
    }

    init(_ file: PositionedFile) throws {
        guard file.size <= Self.fileLimit else {
            throw CheckpointError.tooLarge(
                path: file.path, part: "the index", bytes: file.size, limit: Self.fileLimit)
        }
        self.file = file
    }

    /// Every key and value, keys strictly ascending, every checksum verified.
    ///
    /// - Parameter body: called with each key and a cursor over its value.
    /// - Throws: `CheckpointError`, and what `body` throws.
    func forEachEntry(_ body: (ArraySlice<UInt8>, ByteCursor) throws -> Void) throws {
        let (metaindex, index) = try footer()
        // Nothing of the metaindex is used, but its bytes are part of the file and verified.
        try SortedTableBlock(block(at: metaindex, named: "the metaindex block")).forEachEntry {
            _, _ in
        }
        var last: [UInt8]?
        var end = 0
        var number = 0
        let handles = try SortedTableBlock(block(at: index, named: "the index block"))
        try handles.forEachEntry { separator, value in
            var value = value
            let handle = try Handle(&value)
            guard value.isAtEnd else { throw value.fault("a block's place has extra bytes") }
            guard handle.offset >= end else { throw value.fault("its blocks overlap") }
            let contents = try block(at: handle, named: "block \(number)")
            // The block was read, so neither sum can overflow.
            end = handle.offset + handle.count + Self.trailerByteCount
            try SortedTableBlock(contents).forEachEntry { key, value in
                if let last, !last.lexicographicallyPrecedes(key) {
                    throw contents.fault("its keys are not in order")
                }
                last = Array(key)
                try body(key, value)
            }
            if let last, separator.lexicographicallyPrecedes(last) {
                throw contents.fault("it has keys that belong to the next block")
            }
            number += 1
        }
    }

    private func footer() throws -> (metaindex: Handle, index: Handle) {
        let part = "the footer"
        guard file.size >= Self.footerByteCount else {
            throw CheckpointError.tooShort(
                path: file.path, part: part, end: Self.footerByteCount, size: file.size)
        }
        let bytes = try file.bytes(
            at: file.size - Self.footerByteCount, count: Self.footerByteCount, part: part)
        var footer = ByteCursor(bytes, path: file.path, part: part)
        var handles = try footer.part(Self.footerByteCount - 8)
        guard try footer.uint64() == Self.magic else {
            throw footer.fault("it does not end as a TensorFlow index does")
        }
        return (try Handle(&handles), try Handle(&handles))
    }

    /// A block's entries, once its checksum is right.
    private func block(at handle: Handle, named part: String) throws -> ByteCursor {
        let (count, overflow) = handle.count.addingReportingOverflow(Self.trailerByteCount)
        let bytes = try file.bytes(at: handle.offset, count: overflow ? -1 : count, part: part)
        var block = ByteCursor(bytes, path: file.path, part: part)
        let contents = try block.part(handle.count)
        let compression = try block.byte()
        let checksum = bytes.withUnsafeBytes {
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0.dropLast(4)))
        }
        guard try block.uint32() == CRC32C.masked(checksum) else {
            throw CheckpointError.wrongChecksum(path: file.path, part: part)
        }
        switch compression {
        case 0: return contents
        case 1:
            throw CheckpointError.unsupported(path: file.path, feature: "snappy compression")
        default:
            throw block.fault("it is compressed in an unknown way (\(compression))")
        }
    }
}
