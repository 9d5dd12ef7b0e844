/// What the front of a `.npy` array says: its type, its shape, its order.
struct NPYHeader: Equatable {
    let elementType: ElementType
    let shape: [Int]
    /// Of the array's elements.
    let elementCount: Int

    /// NumPy itself warns above 10,000.
    static let maximumByteCount = 64 << 10

    /// Reads the header from the front of a stream and checks that the array fills the rest.
    ///
    /// - Parameter stream: at its start; left at the array's first element.
    /// - Throws: `CheckpointError`: a header NumPy would not write, an element type or order that
    ///   is not read, a length that does not fit the shape.
    init(from stream: some ByteStream) throws {
        let preamble = try stream.bytes(8)
        guard preamble.starts(with: Self.magic) else {
            throw stream.malformed("it does not begin as a .npy array does")
        }
        let lengthCount: Int
        switch preamble[6] {
        case 1: lengthCount = 2
        case 2, 3: lengthCount = 4
        default:
            throw CheckpointError.unsupported(
                path: stream.path, feature: "version \(preamble[6]) of the .npy format")
        }
        let length = try stream.bytes(lengthCount).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maximumByteCount else {
            throw CheckpointError.tooLarge(
                path: stream.path, part: "the header of \(stream.part)", bytes: length,
                limit: Self.maximumByteCount)
        }
        guard let fields = NPYDictionary(try stream.bytes(length)) else {
            throw stream.malformed("its header is not one NumPy writes")
        }
        elementType = try Self.elementType(fields.description, in: stream)
        shape = fields.shape
        // Both orders are the same for a list.
        if fields.isFortranOrder, shape.filter({ $0 != 1 }).count > 1 {
            throw CheckpointError.unsupported(
                path: stream.path,
                feature: "Fortran order in \(stream.part) (numpy.ascontiguousarray undoes it)")
        }
        let info = TensorInfo(name: stream.part, shape: shape, elementType: elementType)
        guard let count = info.elementCount, let width = elementType.byteCount,
            case let (byteCount, overflow) = count.multipliedReportingOverflow(by: width),
            !overflow
        else { throw stream.malformed("its shape is impossible") }
        guard byteCount == stream.remaining else {
            throw CheckpointError.wrongLength(
                path: stream.path, tensor: stream.part, bytes: stream.remaining,
                expected: byteCount)
        }
        elementCount = count
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    static let descriptions: [String: ElementType] = [
        "f8": .float64, "f4": .float32, "f2": .float16, "i8": .int64, "i4": .int32,
        "i2": .int16, "i1": .int8, "u8": .uint64, "u4": .uint32, "u2": .uint16, "u1": .uint8,
        "b1": .bool,
    ]

    private static func elementType(
        _ description: String, in stream: some ByteStream
    ) throws -> ElementType {
        if description == "|O" { throw CheckpointError.pickle(path: stream.path) }
        let type = descriptions[String(description.dropFirst())]
        switch description.first {
        case "<", "=", "|":
            if let type { return type }
        case ">":
            guard type?.byteCount == 1 else {
                throw CheckpointError.unsupported(
                    path: stream.path, feature: "big-endian numbers in \(stream.part)")
            }
            if let type { return type }
        default: break
        }
        throw CheckpointError.unknownElementType(
            path: stream.path, tensor: stream.part, type: description)
    }

    /// The bytes of version 1.0 that stand before an array, padded as NumPy pads them.
    static func bytes(of type: ElementType, shape: [Int]) -> [UInt8]? {
        guard let code = descriptions.first(where: { $0.value == type })?.key else { return nil }
        let order = type.byteCount == 1 ? "|" : "<"
        let dimensions = shape.map { "\($0)," }.joined(separator: " ")
        // Python writes (3,) but (3, 4).
        let tuple = shape.count > 1 ? String(dimensions.dropLast()) : dimensions
        var text = Array(
            "{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': (\(tuple)), }".utf8)
        let preambleCount = 10
        while (preambleCount + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        guard let length = UInt16(exactly: text.count) else { return nil }
        return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text
    }
}
