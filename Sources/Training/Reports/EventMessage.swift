/// The messages of a TensorBoard event file, in protobuf's wire format: as much of `Event` as
/// training says.
enum EventMessage {
    case version
    /// Tells a reader to forget the steps from `step` on: they will be made again.
    case restart(step: Int)
    case scalars(step: Int, [(tag: String, value: Double)])

    /// The encoded `Event`.
    ///
    /// - Parameter time: seconds since 1970.
    /// - Returns: its bytes, without a frame.
    func encoded(time: Double) -> [UInt8] {
        var event = ProtobufWriter()
        event.double(1, time)
        switch self {
        case .version:
            event.bytes(3, Array("brain.Event:2".utf8))
        case .restart(let step):
            event.integer(2, step)
            var session = ProtobufWriter()
            session.integer(1, 1)  // SessionLog.START
            event.bytes(7, session.encoded)
        case .scalars(let step, let scalars):
            event.integer(2, step)
            var summary = ProtobufWriter()
            for (tag, value) in scalars {
                var entry = ProtobufWriter()
                entry.bytes(1, Array(tag.utf8))
                entry.float(2, Float(value))
                summary.bytes(1, entry.encoded)
            }
            event.bytes(5, summary.encoded)
        }
        return event.encoded
    }
}

/// Writes the fields of one protobuf message, in the order they are given.
struct ProtobufWriter {
    private(set) var encoded: [UInt8] = []

    mutating func integer(_ field: UInt64, _ value: Int) {
        // A zero is what a reader takes a field to be that is not there.
        guard value != 0 else { return }
        varint(field << 3)
        // Negative ones take ten bytes, as the format has it.
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        varint(field << 3 | 1)
        encoded.appendLittleEndian(value.bitPattern)
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        encoded += value
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        varint(field << 3 | 5)
        encoded.appendLittleEndian(value.bitPattern)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(truncatingIfNeeded: rest))
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
