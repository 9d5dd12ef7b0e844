/// The B-tree (version 2) that orders a large group's links by their names' hashes.
struct HDF5NameIndex {
    private static let nameIndexType: UInt8 = 5
    private static let prefixByteCount = 10

    /// One link: the hash of its name, and where it is in the group's heap.
    struct Record {
        let hash: UInt32
        let identifier: ByteCursor
    }

    /// In the order of the hashes.
    private(set) var records: [Record] = []

    private let part: String
    private let recordByteCount: Int
    /// For nodes of each depth: the bytes of a pointer to one, 0 for none.
    private let pointerCounts: (records: Int, total: [Int])

    init(at address: HDF5Address, part: String, in metadata: HDF5Metadata) throws {
        self.part = part
        var header = try metadata.checkedStructure(at: address, count: 38, part: part)
        try header.expect("BTHD")
        _ = try header.expectVersion(0...0, of: "HDF5 trees")
        guard try header.byte() == Self.nameIndexType else {
            throw header.fault("its index is not one of names")
        }
        let nodeByteCount = Int(try header.uint32())
        recordByteCount = try header.uint16()
        let depth = try header.uint16()
        try header.skip(2)
        let root = try header.address()
        let rootCount = try header.uint16()
        let total = try header.length()
        guard recordByteCount > 4, nodeByteCount >= Self.prefixByteCount + recordByteCount,
            depth <= 8
        else { throw header.fault("its sizes are impossible") }
        guard
            let widths = Self.widths(
                node: nodeByteCount, record: recordByteCount, depth: depth)
        else { throw header.fault("its sizes are impossible") }
        pointerCounts = widths
        guard total > 0 || !root.isUndefined else { return }
        try addNode(at: root, count: rootCount, depth: depth, in: metadata)
        guard records.count == total else {
            throw header.fault("it has \(records.count) names where \(total) are announced")
        }
    }

    /// How wide the counts in a pointer to a child are: of its own records, and (by the child's
    /// depth) of all records below it. They are as wide as the fullest possible node needs.
    private static func widths(
        node: Int, record: Int, depth: Int
    ) -> (records: Int, total: [Int])? {
        let leafRecords = (node - prefixByteCount) / record
        let width = leafRecords.byteWidth
        var totals = [0]
        var most = leafRecords
        for level in 1..<max(1, depth) {
            let pointer = 8 + width + totals[level - 1]
            let own = (node - prefixByteCount - pointer) / (record + pointer)
            let (below, overflow) = most.multipliedReportingOverflow(by: own + 1)
            let (sum, overflowed) = below.addingReportingOverflow(own)
            guard own > 0, !overflow, !overflowed else { return nil }
            most = sum
            totals.append(most.byteWidth)
        }
        return (width, totals)
    }

    private mutating func addNode(
        at address: HDF5Address, count: Int, depth: Int, in metadata: HDF5Metadata
    ) throws {
        let pointer = depth == 0 ? 0 : 8 + pointerCounts.records + pointerCounts.total[depth - 1]
        // Of 16-bit counts and widths: no overflow.
        let byteCount =
            Self.prefixByteCount + count * recordByteCount + (depth == 0 ? 0 : count + 1) * pointer
        var node = try metadata.checkedStructure(at: address, count: byteCount, part: part)
        try node.expect(depth == 0 ? "BTLF" : "BTIN")
        _ = try node.expectVersion(0...0, of: "HDF5 trees")
        guard try node.byte() == Self.nameIndexType else {
            throw node.fault("its index is not one of names")
        }
        var own: [Record] = []
        for _ in 0..<count {
            let hash = try node.uint32()
            own.append(Record(hash: hash, identifier: try node.part(recordByteCount - 4)))
        }
        guard depth > 0 else {
            records += own
            return
        }
        for index in 0...count {
            let child = try node.definedAddress()
            let childCount = Int(try node.integer(pointerCounts.records))
            try node.skip(pointerCounts.total[depth - 1])
            guard childCount <= Int(UInt16.max) else {
                throw node.fault("its sizes are impossible")
            }
            try addNode(at: child, count: childCount, depth: depth - 1, in: metadata)
            if index < count { records.append(own[index]) }
        }
    }
}
