import CSystem
import Foundation

/// A fixed number of floats on 2 MiB pages of their own, zero at first, given back on `deinit`.
///
/// @unchecked Sendable because the buffer itself never changes; who may write the floats, and when,
/// is the owner's rule: weights are written only while they load, caches only by the engine's
/// thread.
public final class FloatBuffer: @unchecked Sendable {
    public let floats: UnsafeMutableBufferPointer<Float>
    private let byteCount: Int

    /// - Throws: `ComputeError.outOfMemory` when the system has not that much address space.
    public init(count: Int) throws {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard count >= 0, !overflow, bytes < Int.max - (4 << 20) else {
            throw ComputeError.outOfMemory(floats: count)
        }
        byteCount = max(bytes, 1)
        guard let base = dixie_map_huge(byteCount) else {
            throw ComputeError.outOfMemory(floats: count)
        }
        floats = UnsafeMutableBufferPointer(
            start: base.bindMemory(to: Float.self, capacity: count), count: count)
    }

    deinit { dixie_unmap_huge(UnsafeMutableRawPointer(floats.baseAddress), byteCount) }

    /// The floats from `offset` as a row-major matrix.
    public func matrix(at offset: Int = 0, rows: Int, columns: Int) -> Matrix {
        precondition(offset >= 0 && offset + rows * columns <= floats.count, "past the buffer")
        return Matrix(
            base: floats.baseAddress.unsafelyUnwrapped + offset, rows: rows, columns: columns)
    }
}

public enum ComputeError: Error, CustomStringConvertible {
    case outOfMemory(floats: Int)

    public var description: String {
        switch self {
        case .outOfMemory(let floats):
            "there is no memory for \(floats) floats; "
                + "close other programs or use a smaller model"
        }
    }
}
