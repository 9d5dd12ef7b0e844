import CZlib

/// Plain bytes made into raw deflate data, a piece at a time.
final class Deflater {
    // zlib keeps the address of the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    /// Nil when there is no memory for it.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 256 << 10, alignment: 64)
        guard dixie_deflate_init(stream, Z_DEFAULT_COMPRESSION, -MAX_WBITS) == Z_OK else {
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Deflates `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: the next bytes, at most 1 GiB.
    ///   - isLast: whether the data ends with them.
    ///   - emit: takes what came out so far; called any number of times.
    /// - Throws: what `emit` threw.
    func deflate(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool,
        emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // zlib's interface is older than const; it does not write there.
        stream.pointee.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
            .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = uInt(bytes.count)
        repeat {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = uInt(output.count)
            _ = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            let count = output.count - Int(stream.pointee.avail_out)
            try emit(UnsafeRawBufferPointer(rebasing: output[..<count]))
        } while stream.pointee.avail_out == 0
    }
}
