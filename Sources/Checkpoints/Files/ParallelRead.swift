import Foundation
import Synchronization

/// Reading on several threads: enough to keep a disk or the memory bus busy, few enough to leave
/// a server's other models their cores.
public enum ParallelRead {
    static let threads = min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 4)
    /// Large enough that taking a chunk costs nothing beside its reading, small enough that
    /// what is converted still stands in the cache.
    static let chunkByteCount = 4 << 20

    /// Runs `body` for every index below `count`, lowest first, each worker taking the next one
    /// that is left. Stops at the first error.
    ///
    /// - Parameters:
    ///   - count: how many indices; one is run in place.
    ///   - body: called on several threads at once.
    /// - Throws: what `body` threw first.
    public static func forEach<Failure: Error>(
        _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Void
    ) throws(Failure) {
        if count <= 1 || threads == 1 {
            for index in 0..<max(count, 0) { try body(index) }
            return
        }
        let next = Atomic(0)
        let failure = Mutex<Failure?>(nil)
        onThreads(min(threads, count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                do throws(Failure) {
                    try body(index)
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                    next.store(count, ordering: .relaxed)
                    return
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Cuts `count` elements of `width` bytes into chunks and runs `body` for each, as `forEach`.
    ///
    /// - Parameters:
    ///   - count: how many elements.
    ///   - width: bytes an element takes in the file.
    ///   - body: called with the chunk's elements, on several threads at once.
    /// - Throws: what `body` threw first.
    static func forEachChunk(
        of count: Int, width: Int, _ body: @Sendable (Range<Int>) throws -> Void
    ) throws {
        let chunk = chunkByteCount / width
        let chunks = count / chunk + (count % chunk == 0 ? 0 : 1)
        try forEach(chunks) { index in
            let start = index * chunk
            try body(start..<min(start + chunk, count))
        }
    }
}
