/// What a bundle's index says about the bundle as a whole: `BundleHeaderProto`, under the key "".
struct BundleHeader {
    /// The shards are all opened, so their number is bounded well below any limit on open files.
    static let shardLimit = 256
    /// The bundle version this reader knows; a newer writer may ask for a newer reader.
    private static let version = 1

    let shardCount: Int

    init(_ message: ByteCursor) throws {
        var message = message
        let context = message
        var shards = 0
        try message.forEachProtobufField { number, value in
            switch number {
            case 1: shards = try value.count("number of shards", in: context)
            case 2:
                guard try value.count("byte order", in: context) == 0 else {
                    throw CheckpointError.unsupported(
                        path: context.path, feature: "big-endian numbers")
                }
            case 3:
                var version = try value.message("version", in: context)
                try version.forEachProtobufField { number, value in
                    guard number == 2 else { return }
                    let needed = try value.count("version", in: context)
                    guard needed <= Self.version else {
                        throw CheckpointError.unsupported(
                            path: context.path, feature: "version \(needed) of TensorFlow bundles")
                    }
                }
            default: break
            }
        }
        guard (1...Self.shardLimit).contains(shards) else {
            throw context.fault("\(shards) is not a possible number of shards")
        }
        shardCount = shards
    }
}

/// Where and how a bundle stores one tensor: `BundleEntryProto`, under the tensor's name.
struct BundleEntry {
    /// More dimensions than any tensor has.
    static let rankLimit = 32

    let info: TensorInfo
    let shard: Int
    let offset: Int
    let byteCount: Int
    /// Over the stored bytes, masked.
    let checksum: UInt32

    /// - Parameters:
    ///   - name: the tensor's.
    ///   - message: the table's value.
    ///   - shardCount: how many shards the bundle has.
    /// - Throws: `CheckpointError`: malformed, stored in slices, bytes that do not fit the shape.
    init(name: String, _ message: ByteCursor, shardCount: Int) throws {
        var message = message
        let context = message
        var type = 0
        var shape: [Int] = []
        var place = (shard: 0, offset: 0, byteCount: 0)
        var checksum: UInt32 = 0
        try message.forEachProtobufField { number, value in
            switch number {
            case 1: type = try value.count("type", in: context)
            case 2: shape = try Self.shape(try value.message("shape", in: context))
            case 3: place.shard = try value.count("shard", in: context)
            case 4: place.offset = try value.count("offset", in: context)
            case 5: place.byteCount = try value.count("size", in: context)
            case 6:
                guard case .fixed32(let bits) = value else {
                    throw context.fault("its checksum is not four bytes")
                }
                checksum = bits
            case 7:
                throw CheckpointError.unsupported(
                    path: context.path, feature: "a partitioned variable (tensor \(name))")
            default: break
            }
        }
        guard place.shard < shardCount else {
            throw context.fault("it is in shard \(place.shard) of \(shardCount)")
        }
        info = TensorInfo(
            name: name, shape: shape, elementType: try Self.elementType(type, context))
        (shard, offset, byteCount) = place
        self.checksum = checksum
        try requireLength(path: context.path)
    }

    private func requireLength(path: String) throws {
        // How many bytes strings, complex numbers and the like take is not known here.
        let width = info.elementType.byteCount
        let expected = info.elementCount.map { $0.multipliedReportingOverflow(by: width ?? 1) }
        guard let expected, !expected.overflow else {
            throw CheckpointError.malformed(
                path: path, part: "tensor \(info.name)", fault: "its shape is impossible")
        }
        guard width == nil || expected.partialValue == byteCount else {
            throw CheckpointError.wrongLength(
                path: path, tensor: info.name, bytes: byteCount, expected: expected.partialValue)
        }
    }

    private static func shape(_ message: ByteCursor) throws -> [Int] {
        var message = message
        let context = message
        var shape: [Int] = []
        try message.forEachProtobufField { number, value in
            switch number {
            case 2:
                var size = 0
                var dimension = try value.message("dimension", in: context)
                try dimension.forEachProtobufField { number, value in
                    if number == 1 { size = try value.count("dimension", in: context) }
                }
                guard shape.count < Self.rankLimit else {
                    throw context.fault("it has more than \(Self.rankLimit) dimensions")
                }
                shape.append(size)
            case 3: throw context.fault("its shape is not known")
            default: break
            }
        }
        return shape
    }

    /// TensorFlow's `DataType`. What is not here (strings, resources, complex and quantised
    /// numbers) cannot be weights.
    private static func elementType(_ number: Int, _ context: ByteCursor) throws -> ElementType {
        switch number {
        case 0: throw context.fault("it has no type")
        case 1: .float32
        case 2: .float64
        case 3: .int32
        case 4: .uint8
        case 5: .int16
        case 6: .int8
        case 9: .int64
        case 10: .bool
        case 14: .bfloat16
        case 17: .uint16
        case 19: .float16
        case 22: .uint32
        case 23: .uint64
        default: .opaque
        }
    }
}
