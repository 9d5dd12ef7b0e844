/// One dataset: what it holds and where in the file its elements are.
struct HDF5Dataset {
    let info: TensorInfo
    /// Where its elements are; nil where none were ever written, or none can be read as weights.
    let bytes: (offset: Int, count: Int)?

    /// - Parameters:
    ///   - name: its full name.
    ///   - header: its object header.
    ///   - metadata: the file.
    /// - Throws: `CheckpointError`: malformed, or floats stored in a way that is not read.
    init(name: String, _ header: HDF5ObjectHeader, in metadata: HDF5Metadata) throws {
        guard let space = header.first(.dataspace), let type = header.first(.datatype),
            let layout = header.first(.layout)
        else {
            throw CheckpointError.malformed(
                path: metadata.file.path, part: "tensor \(name)",
                fault: "its shape, type or place is missing")
        }
        func refusal(_ feature: String) -> CheckpointError {
            .unsupported(path: metadata.file.path, feature: "\(feature) (tensor \(name))")
        }
        let elementType: ElementType
        switch try HDF5Datatype(type.body) {
        case .known(let known): elementType = known
        case .bigEndianFloat: throw refusal("big-endian numbers")
        case .unusualFloat: throw refusal("floating-point numbers of an unusual format")
        }
        guard case .shape(let shape) = try HDF5Dataspace(space.body) else {
            info = TensorInfo(name: name, shape: [], elementType: .opaque)
            bytes = nil
            return
        }
        info = TensorInfo(name: name, shape: shape, elementType: elementType)
        guard info.elementCount != nil else { throw Self.impossibleShape(info, in: metadata) }
        // What cannot be weights is only listed, so how it is stored does not matter.
        guard elementType.isFloating else {
            bytes = nil
            return
        }
        if header.first(.externalFiles) != nil { throw refusal("external data files") }
        if let filters = header.first(.filters), let filter = try Self.firstFilter(filters.body) {
            throw refusal(filter)
        }
        switch try HDF5Layout(layout) {
        case .chunked: throw refusal("chunked storage")
        case .virtual: throw refusal("a virtual dataset")
        case .compact(let offset, let stored):
            bytes = (offset, try Self.byteCount(of: info, stored: stored, in: metadata))
        case .contiguous(let address, let stored):
            let count = try Self.byteCount(of: info, stored: stored, in: metadata)
            guard !address.isUndefined else {
                bytes = nil
                return
            }
            let part = "tensor \(name)"
            let offset = try metadata.offset(of: address, part: part)
            try metadata.file.requireRange(at: offset, count: count, of: part)
            bytes = (offset, count)
        }
    }

    /// The bytes that a floating tensor's shape and type need, which have to be those its layout
    /// says are `stored`, where it does say so.
    private static func byteCount(
        of info: TensorInfo, stored: Int?, in metadata: HDF5Metadata
    ) throws -> Int {
        let width = info.elementType.byteCount ?? 0
        let needed = info.elementCount.map { $0.multipliedReportingOverflow(by: width) }
        guard let needed, !needed.overflow else {
            throw impossibleShape(info, in: metadata)
        }
        guard stored ?? needed.partialValue == needed.partialValue else {
            throw CheckpointError.wrongLength(
                path: metadata.file.path, tensor: info.name, bytes: stored ?? 0,
                expected: needed.partialValue)
        }
        return needed.partialValue
    }

    private static func impossibleShape(
        _ info: TensorInfo, in metadata: HDF5Metadata
    ) -> CheckpointError {
        .malformed(
            path: metadata.file.path, part: "tensor \(info.name)",
            fault: "its shape is impossible")
    }

    /// The name of a filter pipeline's first filter; nil when it has none.
    private static func firstFilter(_ message: ByteCursor) throws -> String? {
        var message = message
        let version = try message.expectVersion(1...2, of: "HDF5 filters")
        guard try message.byte() > 0 else { return nil }
        if version == 1 { try message.skip(6) }
        return switch try message.uint16() {
        case 1: "gzip compression"
        case 2: "the shuffle filter"
        case 3: "the Fletcher32 filter"
        case 4: "szip compression"
        case 5: "the n-bit filter"
        case 6: "the scale-offset filter"
        case 32_000: "LZF compression"
        case let number: "HDF5 filter \(number)"
        }
    }
}
