import JSON

/// Writes f32 tensors as a safetensors file that PyTorch and Hugging Face's libraries open.
public enum SafetensorsWriter {
    /// One tensor to be written.
    public struct Tensor {
        public let name: String
        /// Row-major.
        public let shape: [Int]
        /// Fills the buffer with the tensor's elements of that range. Ranges come in order, each
        /// once.
        public let fill: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void

        public init(
            name: String, shape: [Int],
            fill: @escaping (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
        ) {
            self.name = name
            self.shape = shape
            self.fill = fill
        }

        /// A tensor that is in memory; `elements` must stay valid until it is written.
        public init(name: String, shape: [Int], elements: UnsafeBufferPointer<Float>) {
            self.init(name: name, shape: shape) { range, room in
                _ = room.update(fromContentsOf: elements[range])
            }
        }

        public init(name: String, shape: [Int], elements: [Float]) {
            self.init(name: name, shape: shape) { range, room in
                _ = room.update(fromContentsOf: elements[range])
            }
        }
    }

    private static let chunkElementCount = 1 << 20

    /// Writes a file, whole or not at all; see `AtomicFile`.
    ///
    /// - Parameters:
    ///   - tensors: laid out in this order.
    ///   - path: the file, replaced if there is one.
    ///   - metadata: the header's `__metadata__`; transformers needs the format.
    /// - Throws: `CheckpointError`: names that stand twice, impossible shapes, a full disk; what
    ///   a tensor's `fill` threw.
    public static func write(
        _ tensors: [Tensor], to path: String,
        metadata: [(name: String, value: String)] = [("format", "pt")]
    ) throws {
        let (header, byteCount) = try header(of: tensors, metadata: metadata, path: path)
        try AtomicFile.write(to: path, byteCount: header.count + byteCount) { file in
            try file.append(header)
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: chunkElementCount)
            buffer.initialize(repeating: 0)
            defer { buffer.deallocate() }
            for tensor in tensors {
                let count = tensor.shape.reduce(1, *)
                var start = 0
                while start < count {
                    let range = start..<min(start + chunkElementCount, count)
                    let room = UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])
                    try tensor.fill(range, room)
                    try file.append(UnsafeRawBufferPointer(room))
                    start = range.upperBound
                }
            }
        }
    }

    /// The length and the header, and how many bytes of tensors follow.
    private static func header(
        of tensors: [Tensor], metadata: [(name: String, value: String)], path: String
    ) throws -> (bytes: [UInt8], byteCount: Int) {
        func fault(_ text: String) -> CheckpointError {
            .cannotRepresent(path: path, fault: text)
        }
        let pairs = metadata.map { JSONMember($0.name, .string($0.value)) }
        var members = [JSONMember("__metadata__", .object(pairs))]
        var names: Set<String> = ["__metadata__"]
        var end = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted else {
                throw fault("the name \(tensor.name) stands twice")
            }
            let info = TensorInfo(
                name: tensor.name, shape: tensor.shape, elementType: .float32)
            let (size, tooLarge) = (info.elementCount ?? .max).multipliedReportingOverflow(by: 4)
            let (next, overflow) = end.addingReportingOverflow(size)
            guard !tooLarge, !overflow else {
                throw fault("the shape \(tensor.shape) of \(tensor.name) is impossible")
            }
            members.append(
                JSONMember(
                    tensor.name,
                    [
                        "dtype": "F32", "shape": .array(tensor.shape.map { .integer($0) }),
                        "data_offsets": [.integer(end), .integer(next)],
                    ]))
            end = next
        }
        var text = JSONValue.object(members).serializedBytes
        // Spaces up to a multiple of 8, so that whoever maps the file finds its floats aligned.
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        guard text.count <= SafetensorsReader.maximumHeaderByteCount else {
            throw fault("the names and shapes of its tensors take too much room")
        }
        return ((0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text, end)
    }
}
