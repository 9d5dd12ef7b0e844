/// The children of a group of the older sort: a B-tree (version 1) whose leaves are tables of
/// symbols, their names in a heap of the group's own.
struct HDF5SymbolTable {
    private(set) var links: [HDF5Link] = []

    private let group: String
    private let part: String
    private let names: ByteCursor

    /// - Parameters:
    ///   - message: the group's symbol table message.
    ///   - group: the group's full name.
    ///   - part: which group it is, for the errors.
    ///   - metadata: the file.
    /// - Throws: `CheckpointError`: malformed, or a soft link.
    init(
        _ message: ByteCursor, group: String, part: String, in metadata: HDF5Metadata
    ) throws {
        self.group = group
        self.part = part
        var message = message
        let tree = try message.definedAddress()
        let heap = try message.definedAddress()
        var header = try metadata.structure(at: heap, count: 32, part: part)
        try header.expect("HEAP")
        _ = try header.expectVersion(0...0, of: "HDF5 local heaps")
        try header.skip(3)
        let count = try header.length()
        try header.skip(8)
        names = try metadata.structure(
            at: try header.definedAddress(), count: count, part: part)
        try addNode(at: tree, level: nil, in: metadata)
    }

    /// Adds what is below a node, whose level has to be `expected`, unless it is the root.
    private mutating func addNode(
        at address: HDF5Address, level expected: UInt8?, in metadata: HDF5Metadata
    ) throws {
        var header = try metadata.structure(at: address, count: 24, part: part)
        try header.expect("TREE")
        guard try header.byte() == 0 else { throw header.fault("its tree is not one of names") }
        let level = try header.byte()
        let count = try header.uint16()
        // Levels fall by one a step, so a tree that bites its tail is found out.
        guard level <= 16, expected.map({ $0 == level }) ?? true else {
            throw header.fault("the levels of its tree are wrong")
        }
        // Between and around the children stand the names that divide them.
        var node = try metadata.structure(
            at: address, skipping: 24, count: 16 * count + 8, part: part)
        for _ in 0..<count {
            try node.skip(8)
            let child = try node.definedAddress()
            if level > 0 {
                try addNode(at: child, level: level - 1, in: metadata)
            } else {
                try addSymbols(at: child, in: metadata)
            }
        }
    }

    private mutating func addSymbols(at address: HDF5Address, in metadata: HDF5Metadata) throws {
        var header = try metadata.structure(at: address, count: 8, part: part)
        try header.expect("SNOD")
        _ = try header.expectVersion(1...1, of: "HDF5 symbol tables")
        try header.skip(1)
        let count = try header.uint16()
        var symbols = try metadata.structure(
            at: address, skipping: 8, count: 40 * count, part: part)
        for _ in 0..<count {
            let name = try name(at: try symbols.length())
            let target = try symbols.address()
            let kind = try symbols.uint32()
            try symbols.skip(4 + 16)
            guard kind != 2 else {
                throw CheckpointError.unsupported(
                    path: symbols.path, feature: "a soft link (\(joined(group, name)))")
            }
            guard !target.isUndefined else { throw symbols.fault("a child is nowhere") }
            links.append(HDF5Link(name: name, target: target))
        }
    }

    /// The name at `offset` of the heap, up to its zero byte.
    private func name(at offset: Int) throws -> String {
        var heap = names
        try heap.skip(offset)
        let rest = try heap.take(min(heap.remaining, HDF5Link.nameLimit + 1))
        guard let end = rest.firstIndex(of: 0) else {
            throw names.fault(
                rest.count > HDF5Link.nameLimit
                    ? HDF5Link.tooLong : "a name in it does not end")
        }
        return try HDF5Link.name(rest[..<end], names)
    }
}
