import JSON

/// A model cut over several safetensors files, as Hugging Face saves large ones: an index
/// (`model.safetensors.index.json`) says which file beside it each tensor is in.
public final class ShardedSafetensors: TensorSource {
    static let maximumIndexByteCount = 2 << 20
    static let maximumShardCount = 1024

    public let path: String
    private let directory: TensorDirectory<SafetensorsReader>
    public var tensors: [TensorInfo] { directory.tensors }

    /// Opens the index and every file it names.
    ///
    /// - Parameter path: the index.
    /// - Throws: `CheckpointError`: a fault in the index or a file; a tensor that the index or
    ///   its file does not know of.
    public init(path: String) throws {
        self.path = path
        var places: [(tensor: TensorInfo, place: SafetensorsReader)] = []
        let index = try Self.weightMap(of: path)
        // One after the other, so that all their tensors together are no more than the index names.
        for file in Set(index.values).sorted() {
            let reader = try SafetensorsReader(path: Path.sibling(file, of: path))
            for tensor in reader.tensors {
                guard index[tensor.name] == file else {
                    throw CheckpointError.unexpectedTensors(
                        path: reader.path, tensors: [tensor.name])
                }
                places.append((tensor, reader))
            }
        }
        if places.count != index.count {
            let present = Set(places.map(\.tensor.name))
            throw CheckpointError.missingTensors(
                path: path, tensors: index.keys.filter { !present.contains($0) }.sorted())
        }
        directory = try TensorDirectory(path: path, entries: places)
    }

    public func read(
        _ name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (_, reader) = try directory.find(name, count: destination.count, path: path)
        try reader.read(name, into: destination)
    }

    private static func weightMap(of path: String) throws -> [String: String] {
        func malformed(_ fault: String) -> CheckpointError {
            .malformed(path: path, part: "the index", fault: fault)
        }
        let file = try PositionedFile(path: path)
        guard file.size <= maximumIndexByteCount else {
            throw CheckpointError.tooLarge(
                path: path, part: "the index", bytes: file.size, limit: maximumIndexByteCount)
        }
        let json: JSONValue
        do {
            json = try JSONParser.parse(
                try file.bytes(at: 0, count: file.size, part: "the index"))
        } catch let error as JSONError {
            throw malformed(error.description)
        }
        guard let members = json["weight_map"]?.object else {
            throw malformed("it has no weight_map")
        }
        var map: [String: String] = [:]
        for member in members {
            guard let name = member.value.string, Path.isPlainName(name),
                name.hasSuffix(".safetensors")
            else {
                throw malformed("\(member.key) must name a .safetensors file in the same folder")
            }
            map[member.key] = name
        }
        guard Set(map.values).count <= maximumShardCount else {
            throw malformed("it names more than \(maximumShardCount) files")
        }
        return map
    }
}
