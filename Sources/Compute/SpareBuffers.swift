import Synchronization

/// Buffers that somebody has done with, kept for whoever needs the next one.
///
/// New pages cost their first touch, which on a virtual machine whose host has taken them back is
/// several times what clearing old ones costs: a client that waits for a slot would wait for them.
public final class SpareBuffers: Sendable {
    /// Those of this process.
    public static let shared = SpareBuffers(limit: 128 << 20)

    /// Bytes that are kept at most.
    private let limit: Int
    /// Oldest first.
    private let kept = Mutex<[ByteBuffer]>([])

    init(limit: Int) { self.limit = limit }

    /// - Parameter count: how many bytes are needed.
    /// - Returns: a buffer of as many or up to twice as many, zero at first.
    /// - Throws: `ComputeError.outOfMemory`.
    public func take(_ count: Int) throws -> ByteBuffer {
        let found = kept.withLock { buffers -> ByteBuffer? in
            let fitting = buffers.indices.filter {
                (count...max(count, 2 * count)).contains(buffers[$0].bytes.count)
            }
            return fitting.min { buffers[$0].bytes.count < buffers[$1].bytes.count }
                .map { buffers.remove(at: $0) }
        }
        guard let found else { return try ByteBuffer(count: count) }
        found.bytes.initializeMemory(as: UInt8.self, repeating: 0)
        return found
    }

    /// Keeps a buffer, and lets go of the oldest for it.
    ///
    /// - Parameter buffer: nobody uses it any more.
    public func give(_ buffer: ByteBuffer) {
        guard buffer.bytes.count <= limit else { return }
        // Those that go are unmapped outside of the lock.
        let gone = kept.withLock { buffers -> [ByteBuffer] in
            buffers.append(buffer)
            var gone: [ByteBuffer] = []
            var total = buffers.reduce(0) { $0 + $1.bytes.count }
            while total > limit {
                gone.append(buffers.removeFirst())
                total -= gone[gone.count - 1].bytes.count
            }
            return gone
        }
        withExtendedLifetime(gone) {}
    }
}
