/// The heap that holds the links of a group with many children (the newer sort of group).
///
/// Its space is cut into blocks by rows of `width`: two rows of the starting size, then every row
/// twice the size of the one before. The first rows hold blocks of data, the later ones further
/// tables of the same kind.
struct HDF5FractalHeap {
    /// Data blocks by where they begin in the heap's own space, ascending.
    private var blocks: [(start: Int, contents: ByteCursor)] = []
    private let geometry: Geometry
    private let address: HDF5Address
    private let part: String

    private struct Geometry {
        let width: Int
        let startingSize: Int
        let largestBlock: Int
        let offsetByteCount: Int
        let lengthByteCount: Int
        let blocksHaveChecksums: Bool

        /// Rows of data blocks in any table.
        var dataRows: Int {
            largestBlock.trailingZeroBitCount - startingSize.trailingZeroBitCount + 2
        }

        /// The size of one block in a row; nil beyond any possible heap.
        func blockSize(inRow row: Int) -> Int? {
            let shift = max(0, row - 1)
            guard startingSize.trailingZeroBitCount + shift < 62 else { return nil }
            return startingSize << shift
        }

        /// The rows of the table that stands for one block of `size`.
        func rows(ofTableOfSize size: Int) -> Int {
            size.trailingZeroBitCount
                - (startingSize * width).trailingZeroBitCount + 1
        }
    }

    init(at address: HDF5Address, part: String, in metadata: HDF5Metadata) throws {
        self.address = address
        self.part = part
        var header = try metadata.checkedStructure(at: address, count: 146, part: part)
        try header.expect("FRHP")
        _ = try header.expectVersion(0...0, of: "HDF5 fractal heaps")
        // The length of an identifier: the index's records have it too.
        try header.skip(2)
        guard try header.uint16() == 0 else {
            throw CheckpointError.unsupported(
                path: header.path, feature: "a filter on the names of \(part)")
        }
        let flags = try header.byte()
        let largestObject = Int(try header.uint32())
        // Free space and statistics: nothing that is needed to find an object.
        try header.skip(12 * 8)
        let width = try header.uint16()
        let startingSize = try header.length()
        let largestBlock = try header.length()
        let bits = try header.uint16()
        try header.skip(2)
        let root = try header.address()
        let rows = try header.uint16()
        guard width.isPowerOfTwo, startingSize.isPowerOfTwo, largestBlock.isPowerOfTwo,
            width <= 1024, startingSize <= largestBlock, largestBlock <= 1 << 32,
            (8...64).contains(bits), rows <= 64
        else { throw header.fault("its sizes are impossible") }
        geometry = Geometry(
            width: width, startingSize: startingSize, largestBlock: largestBlock,
            offsetByteCount: (bits + 7) / 8,
            lengthByteCount: min(largestBlock.byteWidth, largestObject.byteWidth),
            blocksHaveChecksums: flags & 2 != 0)
        guard !root.isUndefined else { return }
        if rows == 0 {
            try addBlock(at: root, start: 0, size: startingSize, in: metadata)
        } else {
            try addTable(at: root, start: 0, rows: rows, in: metadata)
        }
    }

    /// The object that `identifier` names.
    func object(_ identifier: ByteCursor) throws -> ByteCursor {
        var identifier = identifier
        let first = try identifier.byte()
        guard first >> 6 == 0 else { throw identifier.fault("an object's version is not 0") }
        guard first >> 4 & 3 == 0 else {
            throw CheckpointError.unsupported(
                path: identifier.path, feature: "a very long name in \(part)")
        }
        let offset = try identifier.integer(geometry.offsetByteCount)
        let count = Int(try identifier.integer(geometry.lengthByteCount))
        guard let offset = Int(exactly: offset),
            let block = blocks.last(where: { $0.start <= offset }),
            offset - block.start >= block.contents.position
        else { throw identifier.fault("an object is outside its heap") }
        var contents = block.contents
        try contents.skip(offset - block.start - contents.position)
        return try contents.part(count)
    }

    private mutating func addBlock(
        at address: HDF5Address, start: Int, size: Int, in metadata: HDF5Metadata
    ) throws {
        var block = try metadata.structure(at: address, count: size, part: part)
        try expect("FHDB", startingAt: start, &block)
        if geometry.blocksHaveChecksums {
            let place = block.position
            let stored = try block.uint32()
            // It is taken over the block with zeros in its own place.
            var bytes = block.bytes
            bytes.replaceSubrange(place..<place + 4, with: repeatElement(0, count: 4))
            guard Lookup3.hash(bytes) == stored else {
                throw CheckpointError.wrongChecksum(path: block.path, part: part)
            }
        }
        blocks.append((start, block))
    }

    private mutating func addTable(
        at address: HDF5Address, start: Int, rows: Int, in metadata: HDF5Metadata
    ) throws {
        let count = 4 + 1 + 8 + geometry.offsetByteCount + 8 * rows * geometry.width + 4
        var table = try metadata.checkedStructure(at: address, count: count, part: part)
        try expect("FHIB", startingAt: start, &table)
        var start = start
        for row in 0..<rows {
            guard let size = geometry.blockSize(inRow: row) else {
                throw table.fault("it is impossibly large")
            }
            for _ in 0..<geometry.width {
                let child = try table.address()
                if child.isUndefined {
                    // Never used.
                } else if row < geometry.dataRows {
                    try addBlock(at: child, start: start, size: size, in: metadata)
                } else {
                    let rows = geometry.rows(ofTableOfSize: size)
                    // A table is smaller than the row it stands in, so this ends.
                    guard rows > 0, rows <= row else {
                        throw table.fault("its tables do not fit each other")
                    }
                    try addTable(at: child, start: start, rows: rows, in: metadata)
                }
                let (next, overflow) = start.addingReportingOverflow(size)
                guard !overflow else { throw table.fault("it is impossibly large") }
                start = next
            }
        }
    }

    private func expect(
        _ signature: StaticString, startingAt start: Int, _ block: inout ByteCursor
    ) throws {
        try block.expect(signature)
        _ = try block.expectVersion(0...0, of: "HDF5 fractal heaps")
        guard try block.address() == address,
            try block.integer(geometry.offsetByteCount) == UInt64(start)
        else { throw block.fault("a block of it belongs elsewhere") }
    }
}

extension Int {
    fileprivate var isPowerOfTwo: Bool { self > 0 && nonzeroBitCount == 1 }

    /// How many bytes HDF5 gives a number that may be as large as this one.
    var byteWidth: Int { self < 1 ? 1 : (Int.bitWidth - 1 - leadingZeroBitCount) / 8 + 1 }
}
