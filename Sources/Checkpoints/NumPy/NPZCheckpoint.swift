/// Weights in an `.npz` file, one array a tensor.
public final class NPZCheckpoint: TensorSource {
    /// GPT-2 XL has 580, and an optimizer twice as many again.
    static let tensorLimit = 8192

    private let archive: NPZReader
    private let directory: TensorDirectory<ZipArchive.Member>

    public var path: String { archive.path }
    public var tensors: [TensorInfo] { directory.tensors }

    /// Opens a file and reads every array's header.
    ///
    /// - Parameter path: the file.
    /// - Throws: `CheckpointError`: damaged, or holding something else than arrays.
    public init(path: String) throws {
        // Tensors go into buffers that the caller made for the model, so what a file declares
        // costs no memory here.
        archive = try NPZReader(
            path: path, maximumByteCount: .max, maximumMemberCount: Self.tensorLimit)
        directory = try TensorDirectory(
            path: path,
            entries: archive.openMembers().map { name, header, member in
                (
                    TensorInfo(name: name, shape: header.shape, elementType: header.elementType),
                    member
                )
            })
    }

    public func read(
        _ name: String, into destination: UnsafeMutableBufferPointer<Float>
    ) throws {
        let (tensor, member) = try directory.find(name, count: destination.count, path: path)
        guard tensor.elementType.isFloating, let width = tensor.elementType.byteCount else {
            throw CheckpointError.notFloating(
                path: path, tensor: name, type: tensor.elementType)
        }
        let stream = try archive.stream(member)
        let header = try NPYHeader(from: stream)
        guard header.elementType == tensor.elementType, header.shape == tensor.shape else {
            throw CheckpointError.changedWhileReading(path: path)
        }
        if tensor.elementType == .float32 {
            try stream.read(into: UnsafeMutableRawBufferPointer(destination))
        } else {
            let piece = 1 << 17
            let scratch = UnsafeMutableRawBufferPointer.allocate(
                byteCount: piece * width, alignment: 64)
            defer { scratch.deallocate() }
            for start in stride(from: 0, to: destination.count, by: piece) {
                let end = min(start + piece, destination.count)
                let stored = UnsafeMutableRawBufferPointer(
                    rebasing: scratch[..<((end - start) * width)])
                try stream.read(into: stored)
                ElementConversion.convert(
                    UnsafeRawBufferPointer(stored), of: tensor.elementType,
                    into: UnsafeMutableBufferPointer(rebasing: destination[start..<end]))
            }
        }
        try stream.finish()
    }
}
