extension ElementType {
    /// Bytes an element takes; nil for `opaque`.
    public var byteCount: Int? {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        case .opaque: nil
        }
    }

    /// Whether tensors of this type can be read as weights.
    public var isFloating: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }
}

/// Stored elements made into f32. All containers store little-endian; so is this machine.
enum ElementConversion {
    /// Converts elements that are already in memory.
    ///
    /// Exact for f32, f16 and bf16, subnormals and infinities included; f64 is rounded to nearest.
    ///
    /// - Parameters:
    ///   - source: `destination.count` elements of `type`, at any alignment, not overlapping
    ///     `destination`.
    ///   - type: a floating type.
    ///   - destination: filled whole.
    /// - Precondition: `type` is floating and the sizes agree; callers check both with errors.
    static func convert(
        _ source: UnsafeRawBufferPointer, of type: ElementType,
        into destination: UnsafeMutableBufferPointer<Float>
    ) {
        guard let width = type.byteCount, let bytes = source.baseAddress,
            let floats = destination.baseAddress
        else { return }
        let count = destination.count
        precondition(type.isFloating && source.count == count * width)
        switch type {
        case .bfloat16:
            for index in 0..<count {
                let half = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
                floats[index] = Float(bitPattern: UInt32(half) << 16)
            }
        case .float16:
            for index in 0..<count {
                let half = bytes.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
                floats[index] = float(fromHalf: half)
            }
        case .float64:
            for index in 0..<count {
                floats[index] = Float(
                    bytes.loadUnaligned(fromByteOffset: index &* 8, as: Double.self))
            }
        default:
            UnsafeMutableRawBufferPointer(destination).copyMemory(from: source)
        }
    }

    /// An f16's value, without a branch, so that loops over it vectorise on any CPU.
    @inline(__always)
    static func float(fromHalf half: UInt16) -> Float {
        let magnitude = UInt32(half & 0x7FFF)
        // Moved into f32's fields the exponent is 112 too low; a multiplication mends it, for
        // subnormals too, and leaves what was infinite or not a number at 2^16 and above.
        let scaled = (Float(bitPattern: magnitude << 13) * 0x1p112).bitPattern
        let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: scaled | special | UInt32(half & 0x8000) << 16)
    }
}
