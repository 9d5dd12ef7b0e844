import CSystem

/// A fixed number of bytes on 2 MiB pages of their own, zero at first, given back on `deinit`.
///
/// @unchecked Sendable because the buffer itself never changes; who may write the bytes, and when, is
/// the owner's rule.
public final class ByteBuffer: @unchecked Sendable {
    public let bytes: UnsafeMutableRawBufferPointer

    /// - Throws: `ComputeError.outOfMemory` when the system has not that much address space.
    public init(count: Int) throws {
        guard count >= 0, count < Int.max - (4 << 20), let base = dixie_map_huge(max(count, 1))
        else { throw ComputeError.outOfMemory(bytes: count) }
        bytes = UnsafeMutableRawBufferPointer(start: base, count: count)
    }

    deinit { dixie_unmap_huge(bytes.baseAddress, max(bytes.count, 1)) }
}

public enum ComputeError: Error, CustomStringConvertible {
    case outOfMemory(bytes: Int)

    public var description: String {
        switch self {
        case .outOfMemory(let bytes):
            "there is no memory for \(bytes) bytes; close other programs or use a smaller model"
        }
    }
}
