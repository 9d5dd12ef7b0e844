/// A checkpoint as the original saves it through h5py: one dataset a tensor, whose name is the
/// path of its groups, `model/h0/attn/c_attn/w:0`.
///
/// Reads what h5py writes by default and in its newest format: contiguous and compact datasets of
/// little-endian floats, both sorts of groups, every checksum there is. Everything else is refused
/// by name. Attributes are passed over.
public struct HDF5Checkpoint: TensorSource {
    public let path: String
    public var tensors: [TensorInfo] { directory.tensors }
    private let directory: TensorDirectory<HDF5Dataset>
    private let file: PositionedFile

    /// Opens a file and goes through all its groups.
    ///
    /// - Parameter path: of the file.
    /// - Throws: `CheckpointError`: missing, damaged, cut short, or made with something that is
    ///   not read: chunks, compression, big-endian floats, links other than hard ones.
    public init(path: String) throws {
        self.path = path
        file = try PositionedFile(path: path)
        let found = try HDF5Directory(file).datasets
        directory = try TensorDirectory(path: path, entries: found.map { ($0.info, $0) })
        try Self.requireDisjoint(found, path: path)
    }

    public func read(
        _ name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (info, dataset) = try directory.find(name, count: destination.count, path: path)
        guard info.elementType.isFloating else {
            throw CheckpointError.notFloating(path: path, tensor: name, type: info.elementType)
        }
        guard !destination.isEmpty else { return }
        // HDF5 would make up a value (mostly zero); weights that were never saved are a mistake.
        guard let bytes = dataset.bytes else {
            throw CheckpointError.malformed(
                path: path, part: "tensor \(name)", fault: "its values were never written")
        }
        try file.readElements(
            at: bytes.offset, of: info.elementType, into: destination, tensor: name)
    }

    /// Throws if two datasets share bytes, unless they are one dataset under two names.
    private static func requireDisjoint(_ datasets: [HDF5Dataset], path: String) throws {
        let placed = datasets.compactMap { dataset in
            dataset.bytes.map { (dataset.info.name, offset: $0.offset, count: $0.count) }
        }
        var last = (offset: 0, count: 0)
        for (name, offset, count) in placed.sorted(by: { ($0.1, $0.2) < ($1.1, $1.2) })
        where count > 0 {
            guard (offset, count) == last || offset >= last.offset + last.count else {
                throw CheckpointError.overlap(path: path, tensor: name)
            }
            last = (offset, count)
        }
    }
}
