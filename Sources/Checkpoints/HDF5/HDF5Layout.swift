/// How a dataset's elements are laid out in the file.
enum HDF5Layout {
    /// One run of bytes; `byteCount` is nil where the layout does not say.
    case contiguous(HDF5Address, byteCount: Int?)
    /// Inside the header itself, at `offset` in the file.
    case compact(offset: Int, byteCount: Int)
    case chunked
    case virtual

    init(_ message: HDF5Message) throws {
        var body = message.body
        let start = body.position
        let version = try body.expectVersion(1...4, of: "HDF5 layouts")
        if version < 3 {
            self = try Self.old(&body, start: start, offset: message.offset)
            return
        }
        switch try body.byte() {
        case 0:
            let count = try body.uint16()
            try body.require(count)
            self = .compact(offset: message.offset + (body.position - start), byteCount: count)
        case 1:
            let address = try body.address()
            self = .contiguous(address, byteCount: try body.length())
        case 2: self = .chunked
        case 3: self = .virtual
        default: throw body.fault("its layout is of an unknown kind")
        }
    }

    /// Versions 1 and 2, of HDF5 before 1.6.3.
    private static func old(
        _ body: inout ByteCursor, start: Int, offset: Int
    ) throws -> HDF5Layout {
        let rank = Int(try body.byte())
        let kind = try body.byte()
        try body.skip(5)
        switch kind {
        case 0:
            try body.skip(4 * rank)
            let count = Int(try body.uint32())
            try body.require(count)
            return .compact(offset: offset + (body.position - start), byteCount: count)
        case 1: return .contiguous(try body.address(), byteCount: nil)
        case 2: return .chunked
        default: throw body.fault("its layout is of an unknown kind")
        }
    }
}
