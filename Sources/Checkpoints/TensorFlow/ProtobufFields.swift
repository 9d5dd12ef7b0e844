/// One field of a protocol buffer message, not yet interpreted.
enum ProtobufValue {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    /// A string, bytes, or a message inside the message.
    case bytes(ByteCursor)
}

extension ByteCursor {
    /// Hands every field of a message to `body`, in the order they stand; a reader passes over
    /// the numbers it does not know, as protocol buffers ask of it.
    ///
    /// - Parameter body: called with the field's number and value.
    /// - Throws: `CheckpointError.malformed`, and what `body` throws.
    mutating func forEachProtobufField(_ body: (UInt64, ProtobufValue) throws -> Void) throws {
        while !isAtEnd {
            let tag = try varint()
            let number = tag >> 3
            guard number > 0 else { throw fault("it has a field numbered 0") }
            switch tag & 7 {
            case 0: try body(number, .varint(try varint()))
            case 1: try body(number, .fixed64(try uint64()))
            case 2:
                let count = try varintLength()
                try body(number, .bytes(try part(count)))
            case 5: try body(number, .fixed32(try uint32()))
            default: throw fault("it has a field of a kind that nobody writes")
            }
        }
    }
}

extension ProtobufValue {
    /// The value as the non-negative integer it has to be; `cursor` makes the error.
    func count(_ name: String, in cursor: ByteCursor) throws -> Int {
        guard case .varint(let bits) = self, let value = Int(exactly: bits) else {
            throw cursor.fault("its \(name) is impossible")
        }
        return value
    }

    /// The value as the message it has to be; `cursor` makes the error.
    func message(_ name: String, in cursor: ByteCursor) throws -> ByteCursor {
        guard case .bytes(let message) = self else {
            throw cursor.fault("its \(name) is not a message")
        }
        return message
    }
}
