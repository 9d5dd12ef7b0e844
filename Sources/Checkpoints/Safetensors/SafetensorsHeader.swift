import JSON

/// The JSON header of a safetensors file, each tensor's length checked against its shape.
struct SafetensorsHeader {
    /// A tensor and the bytes it takes, counted from the end of the header.
    struct Entry {
        let tensor: TensorInfo
        let range: Range<Int>
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    init(_ bytes: [UInt8], path: String) throws {
        guard bytes.first == UInt8(ascii: "{") else {
            throw CheckpointError.malformed(
                path: path, part: "the header", fault: "it does not begin with {")
        }
        let members: [JSONMember]
        do {
            members = try JSONParser.parse(bytes, maximumDepth: 4).object ?? []
        } catch let error as JSONError {
            throw HeaderFault(path: path, position: error.position).error(error.reason)
        }
        for member in members {
            if member.key == "__metadata__" {
                metadata = try Self.metadata(member.value, path: path)
            } else {
                entries.append(try Self.entry(member, path: path))
            }
        }
    }

    /// Throws unless the tensors, in the order of their bytes, fill `byteCount` bytes exactly.
    func requireExactCover(of byteCount: Int, path: String) throws {
        var end = 0
        let ordered = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for entry in ordered {
            if entry.range.lowerBound < end {
                throw CheckpointError.overlap(path: path, tensor: entry.tensor.name)
            }
            if entry.range.lowerBound > end {
                throw CheckpointError.hole(path: path, tensor: entry.tensor.name)
            }
            end = entry.range.upperBound
        }
        guard end <= byteCount else {
            throw CheckpointError.tooShort(
                path: path, part: "tensor \(ordered.last?.tensor.name ?? "")", end: end,
                size: byteCount)
        }
        guard end == byteCount else {
            throw CheckpointError.malformed(
                path: path, part: "the end of the file",
                fault: "\(byteCount - end) bytes belong to no tensor")
        }
    }

    private static func metadata(_ value: JSONValue, path: String) throws -> [String: String] {
        let fault = HeaderFault(path: path, position: value.position)
        guard let members = value.object else {
            throw fault.error("__metadata__ must be an object, not \(value.kind)")
        }
        var metadata: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else {
                throw HeaderFault(path: path, position: member.value.position)
                    .error("__metadata__ may hold only strings, not \(member.value.kind)")
            }
            metadata[member.key] = text
        }
        return metadata
    }

    private static func entry(_ member: JSONMember, path: String) throws -> Entry {
        let fault = HeaderFault(path: path, position: member.value.position)
        let fields = ["dtype", "shape", "data_offsets"]
        guard let object = member.value.object, object.count == fields.count,
            let dtype = member.value["dtype"]?.string,
            let shape = wholeNumbers(member.value["shape"]),
            let offsets = wholeNumbers(member.value["data_offsets"]), offsets.count == 2
        else {
            throw fault.error(
                "tensor \(member.key) must have a dtype, a shape and two data_offsets")
        }
        guard let type = elementTypes[dtype], let width = type.byteCount else {
            throw CheckpointError.unknownElementType(path: path, tensor: member.key, type: dtype)
        }
        let tensor = TensorInfo(name: member.key, shape: shape, elementType: type)
        guard let count = tensor.elementCount else {
            throw fault.error("the shape of tensor \(member.key) is impossible")
        }
        let (expected, overflow) = count.multipliedReportingOverflow(by: width)
        guard !overflow, offsets[0] <= offsets[1] else {
            throw fault.error("the offsets of tensor \(member.key) are impossible")
        }
        guard offsets[1] - offsets[0] == expected else {
            throw CheckpointError.wrongLength(
                path: path, tensor: member.key, bytes: offsets[1] - offsets[0],
                expected: expected)
        }
        return Entry(tensor: tensor, range: offsets[0]..<offsets[1])
    }

    /// A list of whole numbers from 0 on, or nil.
    private static func wholeNumbers(_ value: JSONValue?) -> [Int]? {
        guard let list = value?.array else { return nil }
        var numbers: [Int] = []
        for element in list {
            guard let number = element.integer, number >= 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    static let elementTypes: [String: ElementType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16,
        "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
        "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
    ]
}

/// A place in the header, for errors.
private struct HeaderFault {
    let path: String
    let position: JSONPosition

    func error(_ fault: String) -> CheckpointError {
        .malformed(
            path: path,
            part: "line \(position.line), column \(position.column) of the header", fault: fault)
    }
}
