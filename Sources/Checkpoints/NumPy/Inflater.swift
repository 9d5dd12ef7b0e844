import CZlib

/// Raw deflate data made plain again, a piece at a time.
final class Inflater {
    // zlib keeps the address of the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// Whether the end that the data marks itself has been met.
    private(set) var isAtEnd = false

    /// Nil when there is no memory for it, the only way zlib can fail here.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: 256 << 10, alignment: 64)
        // A negative window size asks for data without zlib's own header, as zip has it.
        guard dixie_inflate_init(stream, -MAX_WBITS) == Z_OK else { return nil }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Input taken from the source and not used.
    var unusedByteCount: Int { Int(stream.pointee.avail_in) }

    /// Inflates into `room` until it is full, the data ends, or the source has no more.
    ///
    /// - Parameters:
    ///   - room: not empty, at most 1 GiB.
    ///   - refill: puts more compressed bytes at the start of its buffer and returns how many;
    ///     0 when there are none.
    /// - Returns: how many bytes were written to `room`; nil where the data is not deflate data.
    /// - Throws: what `refill` threw.
    func inflate(
        into room: UnsafeMutableRawBufferPointer,
        refill: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int? {
        var filled = 0
        while filled < room.count, !isAtEnd {
            stream.pointee.next_out = room.baseAddress?.advanced(by: filled)
                .assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = uInt(room.count - filled)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            filled = room.count - Int(stream.pointee.avail_out)
            switch code {
            case Z_OK: break
            case Z_STREAM_END: isAtEnd = true
            case Z_BUF_ERROR:
                // No progress: it wants input.
                let count = try refill(input)
                guard count > 0 else { return filled }
                stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = uInt(count)
            default: return nil
            }
        }
        return filled
    }
}
