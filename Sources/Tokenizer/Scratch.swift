import Synchronization

/// What one encoding needs to work with.
struct Scratch: Sendable {
    var cache = WordCache()
    var merger = WordMerger()
}

/// Scratch spaces that nobody uses just now, so that what one encoding remembered serves the next.
final class ScratchPool: Sendable {
    /// More than this many at once are made when needed and dropped afterwards.
    private static let limit = 8

    private let idle = Mutex<[Scratch]>([])

    func withScratch<Result>(_ body: (inout Scratch) throws -> Result) rethrows -> Result {
        var scratch = idle.withLock { $0.popLast() } ?? Scratch()
        defer {
            idle.withLock { if $0.count < Self.limit { $0.append(scratch) } }
        }
        return try body(&scratch)
    }
}
