/// An array in memory as NumPy keeps it in `.npy` and `.npz` files: row-major.
public struct NPYArray: Sendable, Equatable {
    public enum Elements: Sendable, Equatable {
        case float64([Double])
        case float32([Float])
        case float16([Float16])
        case int64([Int64])
        case int32([Int32])
        case int16([Int16])
        case int8([Int8])
        case uint64([UInt64])
        case uint32([UInt32])
        case uint16([UInt16])
        case uint8([UInt8])
        case bool([Bool])
    }

    public let shape: [Int]
    public let elements: Elements

    /// An array of any shape.
    ///
    /// - Parameters:
    ///   - elements: row-major.
    ///   - shape: one dimension as long as there are elements, if left out.
    /// - Precondition: the shape holds as many elements as there are.
    public init(_ elements: Elements, shape: [Int]? = nil) {
        let shape = shape ?? [elements.count]
        let info = TensorInfo(name: "", shape: shape, elementType: elements.type)
        precondition(info.elementCount == elements.count, "the shape does not fit the elements")
        self.shape = shape
        self.elements = elements
    }

    /// Reads a `.npy` file.
    ///
    /// - Parameter path: the file.
    /// - Throws: `CheckpointError`: no file, damaged, an object array (a pickle), big-endian or
    ///   Fortran order.
    public init(path: String) throws {
        try self.init(from: FileStream(path: path))
    }

    /// The elements as integers; nil for floating arrays and where one does not fit.
    public var integers: [Int]? {
        switch elements {
        case .int64(let list): list.map { Int($0) }
        case .int32(let list): list.map { Int($0) }
        case .int16(let list): list.map { Int($0) }
        case .int8(let list): list.map { Int($0) }
        case .uint64(let list):
            list.allSatisfy { $0 <= UInt64(Int.max) } ? list.map { Int($0) } : nil
        case .uint32(let list): list.map { Int($0) }
        case .uint16(let list): list.map { Int($0) }
        case .uint8(let list): list.map { Int($0) }
        case .float64, .float32, .float16, .bool: nil
        }
    }
}

extension NPYArray.Elements {
    public var type: ElementType {
        switch self {
        case .float64: .float64
        case .float32: .float32
        case .float16: .float16
        case .int64: .int64
        case .int32: .int32
        case .int16: .int16
        case .int8: .int8
        case .uint64: .uint64
        case .uint32: .uint32
        case .uint16: .uint16
        case .uint8: .uint8
        case .bool: .bool
        }
    }

    public var count: Int { withUnsafeBytes { $0.count } / (type.byteCount ?? 1) }

    /// The elements' bytes, little-endian.
    func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        switch self {
        case .float64(let list): try list.withUnsafeBytes(body)
        case .float32(let list): try list.withUnsafeBytes(body)
        case .float16(let list): try list.withUnsafeBytes(body)
        case .int64(let list): try list.withUnsafeBytes(body)
        case .int32(let list): try list.withUnsafeBytes(body)
        case .int16(let list): try list.withUnsafeBytes(body)
        case .int8(let list): try list.withUnsafeBytes(body)
        case .uint64(let list): try list.withUnsafeBytes(body)
        case .uint32(let list): try list.withUnsafeBytes(body)
        case .uint16(let list): try list.withUnsafeBytes(body)
        case .uint8(let list): try list.withUnsafeBytes(body)
        case .bool(let list): try list.withUnsafeBytes(body)
        }
    }
}
