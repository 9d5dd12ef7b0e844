/// A fixed number of floats on 2 MiB pages of their own, zero at first, given back on `deinit`.
///
/// @unchecked Sendable because the buffer itself never changes; who may write the floats, and when,
/// is the owner's rule: weights are written only while they load, caches only by the engine's
/// thread.
public final class FloatBuffer: @unchecked Sendable {
    public let floats: UnsafeMutableBufferPointer<Float>
    private let pages: ByteBuffer

    /// - Throws: `ComputeError.outOfMemory` when the system has not that much address space.
    public init(count: Int) throws {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard !overflow else { throw ComputeError.outOfMemory(bytes: .max) }
        pages = try ByteBuffer(count: bytes)
        floats = pages.bytes.bindMemory(to: Float.self)
    }

    /// The floats from `offset` as a row-major matrix.
    public func matrix(at offset: Int = 0, rows: Int, columns: Int) -> Matrix {
        precondition(offset >= 0 && offset + rows * columns <= floats.count, "past the buffer")
        return Matrix(
            base: floats.baseAddress.unsafelyUnwrapped + offset, rows: rows, columns: columns)
    }
}
