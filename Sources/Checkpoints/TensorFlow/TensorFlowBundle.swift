import Synchronization

/// A checkpoint as TensorFlow saves it (version 2): `NAME.index`, which says where every tensor
/// is, and `NAME.data-00000-of-00001` and so on, which hold their bytes.
///
/// Opening verifies the whole index; every read verifies the tensor's own checksum.
public struct TensorFlowBundle: TensorSource {
    /// More tensors than any model has, with its optimizer's.
    static let tensorLimit = 65_536

    /// The checkpoint as TensorFlow names it, without `.index`.
    public let path: String
    public var tensors: [TensorInfo] { directory.tensors }
    private let directory: TensorDirectory<BundleEntry>
    private let shards: [PositionedFile]

    /// Opens a bundle.
    ///
    /// - Parameter path: `…/model.ckpt`, as TensorFlow names it, or `…/model.ckpt.index`.
    /// - Throws: `CheckpointError`: a file that is missing, damaged or cut short, or a bundle that
    ///   uses what is not read (slices, compression, big-endian numbers).
    public init(path: String) throws {
        let suffix = ".index"
        let prefix = path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path
        let index = try PositionedFile(path: prefix + suffix)
        let (header, entries) = try Self.contents(of: index)
        shards = try (0..<header.shardCount).map { number in
            try PositionedFile(path: Self.shardPath(prefix, number, of: header.shardCount))
        }
        try Self.requirePlaces(of: entries, in: shards)
        self.path = prefix
        directory = try TensorDirectory(
            path: index.path, entries: entries.map { ($0.info, $0) })
    }

    public func read(
        _ name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (_, entry) = try directory.find(name, count: destination.count, path: path)
        let shard = shards[entry.shard]
        let parts = Mutex<[(start: Int, byteCount: Int, checksum: UInt32)]>([])
        try shard.readElements(
            at: entry.offset, of: entry.info.elementType, into: destination, tensor: name
        ) { range, bytes in
            let checksum = CRC32C.checksum(bytes)
            parts.withLock { $0.append((range.lowerBound, bytes.count, checksum)) }
        }
        let whole = parts.withLock { $0.sorted { $0.start < $1.start } }.reduce(0) {
            CRC32C.joined($0, $1.checksum, secondCount: $1.byteCount)
        }
        guard CRC32C.masked(whole) == entry.checksum else {
            throw CheckpointError.wrongChecksum(path: shard.path, part: "tensor \(name)")
        }
    }

    private static func contents(
        of index: PositionedFile
    ) throws -> (BundleHeader, [BundleEntry]) {
        var header: BundleHeader?
        var entries: [BundleEntry] = []
        var hasSlices = false
        try SortedTable(index).forEachEntry { key, value in
            guard let known = header else {
                guard key.isEmpty else { throw value.fault("the bundle's header is missing") }
                header = try BundleHeader(value)
                return
            }
            // A partitioned variable's slices come first, under keys that begin with a zero; the
            // entry that has the variable's name comes later and makes the better error.
            guard key.first != 0 else {
                hasSlices = true
                return
            }
            guard let name = String(validating: key, as: UTF8.self) else {
                throw value.fault("a tensor's name is not valid UTF-8")
            }
            guard entries.count < tensorLimit else {
                throw value.fault("it has more than \(tensorLimit) tensors")
            }
            entries.append(try BundleEntry(name: name, value, shardCount: known.shardCount))
        }
        guard let header else {
            throw CheckpointError.malformed(
                path: index.path, part: "the index", fault: "the bundle's header is missing")
        }
        guard !hasSlices else {
            throw CheckpointError.unsupported(path: index.path, feature: "partitioned variables")
        }
        return (header, entries)
    }

    private static func shardPath(_ prefix: String, _ number: Int, of count: Int) -> String {
        func fiveDigits(_ number: Int) -> String {
            String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
        }
        return "\(prefix).data-\(fiveDigits(number))-of-\(fiveDigits(count))"
    }

    /// Throws unless every tensor lies inside its shard and shares no byte with another. Bytes
    /// between tensors are allowed: a writer may align them.
    private static func requirePlaces(
        of entries: [BundleEntry], in shards: [PositionedFile]
    ) throws {
        var end = 0
        var shard = -1
        for entry in entries.sorted(by: { ($0.shard, $0.offset) < ($1.shard, $1.offset) }) {
            if entry.shard != shard {
                shard = entry.shard
                end = 0
            }
            let file = shards[shard]
            try file.requireRange(
                at: entry.offset, count: entry.byteCount, of: "tensor \(entry.info.name)")
            guard entry.byteCount > 0 else { continue }
            guard entry.offset >= end else {
                throw CheckpointError.overlap(path: file.path, tensor: entry.info.name)
            }
            end = entry.offset + entry.byteCount
        }
    }
}
