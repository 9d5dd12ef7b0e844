/// A container of named tensors on disk: safetensors, a TensorFlow bundle, HDF5 or npz.
///
/// Opening one reads and checks its whole directory; tensors are read afterwards, by `pread`, so
/// a file cut short meanwhile is an error and never a signal. Reading is thread-safe.
public protocol TensorSource: Sendable {
    /// The file the tensors are in, as the user would name it; it stands in every error.
    var path: String { get }

    /// Every tensor, sorted by name.
    var tensors: [TensorInfo] { get }

    /// Reads one tensor whole, row-major, converted to f32.
    ///
    /// - Parameters:
    ///   - name: one of the names in `tensors`.
    ///   - destination: as many elements as the tensor's shape holds.
    /// - Throws: `CheckpointError`: no such tensor, a short file, a wrong checksum.
    func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws
}

/// One tensor as its container declares it.
public struct TensorInfo: Sendable, Equatable {
    public let name: String
    /// Row-major: the last dimension is contiguous.
    public let shape: [Int]
    public let elementType: ElementType

    public init(name: String, shape: [Int], elementType: ElementType) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
    }
}

/// How a tensor's elements are stored. Only the floating types can be read as weights; the others
/// are listed so that what a container holds beside them can be named.
public enum ElementType: String, Sendable, CaseIterable {
    case float64, float32, float16, bfloat16
    case int64, int32, int16, int8, uint64, uint32, uint16, uint8, bool
    /// Strings and other variable-length things.
    case opaque
}
