extension NPYArray {
    /// Reads a whole array, header and all, from a stream at its start.
    init(from stream: some ByteStream) throws {
        let header = try NPYHeader(from: stream)
        let count = header.elementCount
        let elements: Elements =
            switch header.elementType {
            case .float64: .float64(try stream.list(count, zero: 0))
            case .float32: .float32(try stream.list(count, zero: 0))
            case .float16: .float16(try stream.list(count, zero: 0))
            case .int64: .int64(try stream.list(count, zero: 0))
            case .int32: .int32(try stream.list(count, zero: 0))
            case .int16: .int16(try stream.list(count, zero: 0))
            case .int8: .int8(try stream.list(count, zero: 0))
            case .uint64: .uint64(try stream.list(count, zero: 0))
            case .uint32: .uint32(try stream.list(count, zero: 0))
            case .uint16: .uint16(try stream.list(count, zero: 0))
            case .uint8: .uint8(try stream.list(count, zero: 0))
            // Any byte but 0 is true; read as `Bool` it would not be one.
            case .bool: .bool(try stream.list(count, zero: UInt8(0)).map { $0 != 0 })
            case .bfloat16, .opaque:
                throw CheckpointError.unknownElementType(
                    path: stream.path, tensor: stream.part, type: header.elementType.rawValue)
            }
        try stream.finish()
        self.init(elements, shape: header.shape)
    }
}

extension ByteStream {
    /// The next `count` elements; the header has proved that so many are left.
    fileprivate func list<Element: BitwiseCopyable>(
        _ count: Int, zero: Element
    ) throws -> [Element] {
        try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            let room = UnsafeMutableRawBufferPointer(buffer)
            try read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: room[..<(count * MemoryLayout<Element>.stride)]))
            initialized = count
        }
    }
}
