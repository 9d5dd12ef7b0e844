import JSON

/// A safetensors file: eight bytes of length, a JSON header of that length, the tensors' bytes.
///
/// The header must account for every byte after it exactly once: no holes, no overlaps, nothing
/// left over, and each tensor as long as its shape and type say.
public final class SafetensorsReader: TensorSource {
    /// GPT-2 XL's header takes 60 KB.
    static let maximumHeaderByteCount = 2 << 20

    private let file: PositionedFile
    private let directory: TensorDirectory<Int>
    /// The header's `__metadata__`, empty where there is none.
    public let metadata: [String: String]

    public var path: String { file.path }
    public var tensors: [TensorInfo] { directory.tensors }

    /// Opens a file and checks its whole header.
    ///
    /// - Parameter path: the file.
    /// - Throws: `CheckpointError`: what is wrong with the file or its header.
    public init(path: String) throws {
        file = try PositionedFile(path: path)
        let lengthBytes = try file.bytes(at: 0, count: 8, part: "the header's length")
        let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(Self.maximumHeaderByteCount) else {
            throw CheckpointError.tooLarge(
                path: path, part: "the header", bytes: Int(clamping: length),
                limit: Self.maximumHeaderByteCount)
        }
        let bytes = try file.bytes(at: 8, count: Int(length), part: "the header")
        let header = try SafetensorsHeader(bytes, path: path)
        let dataStart = 8 + Int(length)
        try header.requireExactCover(of: file.size - dataStart, path: path)
        metadata = header.metadata
        directory = try TensorDirectory(
            path: path, entries: header.entries.map { ($0.tensor, dataStart + $0.range.lowerBound) }
        )
    }

    public func read(
        _ name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (tensor, offset) = try directory.find(name, count: destination.count, path: path)
        try file.readElements(at: offset, of: tensor.elementType, into: destination, tensor: name)
    }
}
