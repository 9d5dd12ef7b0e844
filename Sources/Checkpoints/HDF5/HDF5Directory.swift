/// Every dataset of an HDF5 file, found by going through its groups.
struct HDF5Directory {
    static let datasetLimit = 65_536
    /// Groups inside groups; the original's files have five.
    static let depthLimit = 32

    private(set) var datasets: [HDF5Dataset] = []

    private let metadata: HDF5Metadata
    private var visited: Set<HDF5Address> = []

    init(_ file: PositionedFile) throws {
        let superblock = try HDF5Superblock(file)
        metadata = HDF5Metadata(file, base: superblock.base)
        try add(superblock.root, name: "", depth: 0)
    }

    private mutating func add(_ address: HDF5Address, name: String, depth: Int) throws {
        let part = name.isEmpty ? "the root group" : "the header of \(name)"
        guard depth <= Self.depthLimit else {
            throw CheckpointError.malformed(
                path: metadata.file.path, part: part,
                fault: "it is nested deeper than \(Self.depthLimit) groups")
        }
        let header = try HDF5ObjectHeader(at: address, part: part, in: metadata)
        guard let links = try links(of: header, name: name, part: part) else {
            try addDataset(header, name: name, part: part)
            return
        }
        // A group inside itself would go on for ever; one with two parents has two names.
        guard visited.insert(address).inserted else {
            throw CheckpointError.unsupported(
                path: metadata.file.path, feature: "a group that is linked twice (\(name))")
        }
        for link in links { try add(link.target, name: joined(name, link.name), depth: depth + 1) }
    }

    private mutating func addDataset(
        _ header: HDF5ObjectHeader, name: String, part: String
    ) throws {
        let path = metadata.file.path
        guard header.first(.layout) != nil else {
            guard header.first(.datatype) == nil else {
                throw CheckpointError.unsupported(path: path, feature: "a named type (\(name))")
            }
            throw CheckpointError.malformed(
                path: path, part: part, fault: "it is neither a group nor a dataset")
        }
        guard datasets.count < Self.datasetLimit else {
            throw CheckpointError.malformed(
                path: path, part: "the file",
                fault: "it has more than \(Self.datasetLimit) datasets")
        }
        datasets.append(try HDF5Dataset(name: name, header, in: metadata))
    }

    /// A group's children, however it keeps them; nil when the object is not a group.
    private func links(
        of header: HDF5ObjectHeader, name: String, part: String
    ) throws -> [HDF5Link]? {
        if let table = header.first(.symbolTable) {
            return try HDF5SymbolTable(table.body, group: name, part: part, in: metadata).links
        }
        guard let info = header.first(.linkInfo) else { return nil }
        let compact = try header.messages.filter { $0.kind == .link }.map {
            try HDF5Link($0.body, group: name)
        }
        return try compact + denseLinks(info.body, group: name, part: part)
    }

    /// Links that outgrew the header: in a heap, with an index by name.
    private func denseLinks(
        _ info: ByteCursor, group: String, part: String
    ) throws -> [HDF5Link] {
        var info = info
        _ = try info.expectVersion(0...0, of: "HDF5 link information")
        let flags = try info.byte()
        if flags & 1 != 0 { try info.skip(8) }
        let heapAddress = try info.address()
        let indexAddress = try info.address()
        guard !heapAddress.isUndefined else { return [] }
        let heap = try HDF5FractalHeap(at: heapAddress, part: part, in: metadata)
        let index = try HDF5NameIndex(at: indexAddress, part: part, in: metadata)
        return try index.records.map { record in
            let link = try HDF5Link(try heap.object(record.identifier), group: group)
            guard Lookup3.hash(Array(link.name.utf8)) == record.hash else {
                throw info.fault("its index does not have the name \(link.name)")
            }
            return link
        }
    }
}
