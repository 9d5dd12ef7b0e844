/// What a dataset's elements are.
enum HDF5Datatype: Equatable {
    case known(ElementType)
    case bigEndianFloat
    /// Numbers with a fraction, but of none of the usual widths.
    case unusualFloat

    init(_ message: ByteCursor) throws {
        var message = message
        let classAndVersion = try message.byte()
        guard (1...5).contains(classAndVersion >> 4) else {
            throw CheckpointError.unsupported(
                path: message.path, feature: "version \(classAndVersion >> 4) of HDF5 datatypes")
        }
        let bits = try message.integer(3)
        let byteCount = Int(try message.uint32())
        switch classAndVersion & 15 {
        case 0: self = .known(try Self.integer(&message, bits: bits, byteCount: byteCount))
        case 1: self = try Self.float(&message, bits: bits, byteCount: byteCount)
        // Strings, enumerations, compounds, references: never weights.
        default: self = .known(.opaque)
        }
    }

    private static func integer(
        _ message: inout ByteCursor, bits: UInt64, byteCount: Int
    ) throws -> ElementType {
        let offset = try message.uint16()
        let precision = try message.uint16()
        let isBigEndian = bits & 1 != 0
        guard !isBigEndian, offset == 0, (1...8).contains(byteCount), precision == 8 * byteCount
        else { return .opaque }
        return switch (byteCount, bits & 8 != 0) {
        case (1, true): .int8
        case (1, false): .uint8
        case (2, true): .int16
        case (2, false): .uint16
        case (4, true): .int32
        case (4, false): .uint32
        case (8, true): .int64
        case (8, false): .uint64
        default: .opaque
        }
    }

    /// The fields of a floating type, as HDF5 spells them out.
    private struct FloatFields: Equatable {
        var byteCount, precision, exponentAt, exponentBits, mantissaBits, bias, signAt: Int

        /// An IEEE type: sign, exponent, mantissa from the top down, the leading bit implied.
        init(byteCount: Int, exponentBits: Int) {
            self.byteCount = byteCount
            precision = 8 * byteCount
            self.exponentBits = exponentBits
            mantissaBits = precision - 1 - exponentBits
            exponentAt = mantissaBits
            bias = (1 << (exponentBits - 1)) - 1
            signAt = precision - 1
        }

        init(_ message: inout ByteCursor, bits: UInt64, byteCount: Int) throws {
            self.byteCount = byteCount
            // Bit offset and the mantissa's place: zero in every type below.
            let offset = try message.uint16()
            precision = try message.uint16()
            exponentAt = Int(try message.byte())
            exponentBits = Int(try message.byte())
            let mantissaAt = Int(try message.byte())
            mantissaBits = Int(try message.byte())
            bias = Int(try message.uint32())
            signAt = Int(bits >> 8 & 0xFF)
            let isNormalised = bits >> 4 & 3 == 2
            if offset != 0 || mantissaAt != 0 || !isNormalised { precision = 0 }
        }
    }

    private static func float(
        _ message: inout ByteCursor, bits: UInt64, byteCount: Int
    ) throws -> HDF5Datatype {
        let isBigEndian = bits & 0x41 != 0
        let fields = try FloatFields(&message, bits: bits, byteCount: byteCount)
        if isBigEndian { return .bigEndianFloat }
        return switch fields {
        case FloatFields(byteCount: 8, exponentBits: 11): .known(.float64)
        case FloatFields(byteCount: 4, exponentBits: 8): .known(.float32)
        case FloatFields(byteCount: 2, exponentBits: 5): .known(.float16)
        case FloatFields(byteCount: 2, exponentBits: 8): .known(.bfloat16)
        default: .unusualFloat
        }
    }
}
