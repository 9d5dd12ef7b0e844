import Foundation

/// The threads that do arithmetic, one a core, waiting for the next piece of work.
///
/// One operation runs at a time; a second caller waits for the first. A worker that finds no work
/// spins briefly, since the next operation of a model's step comes within microseconds, and then
/// sleeps, so an idle process uses no CPU.
public final class ThreadPool: Sendable {
    /// Threads that work on an operation, the caller's included.
    public let threadCount: Int

    private let work = SharedWork()

    /// What the threads hold on to, for a test that they let go.
    var sharedWork: AnyObject { work }

    /// - Parameter threadCount: 0 means one for each core this process may use.
    public init(threadCount: Int = 0) {
        self.threadCount =
            threadCount > 0 ? threadCount : ProcessInfo.processInfo.activeProcessorCount
        for index in 1..<max(self.threadCount, 1) {
            let thread = Thread { [work] in work.serve() }
            thread.name = "dixie.compute.\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit { work.close() }

    /// Calls `body` with 0 ..< `parts`, each once, on any of the threads; returns when all are done.
    ///
    /// `body` may not call the pool again.
    public func run(parts: Int, _ body: @Sendable (Int) -> Void) {
        if parts <= 1 || threadCount == 1 {
            for part in 0..<max(parts, 0) { body(part) }
        } else {
            work.share(parts: parts, body)
        }
    }

    /// Splits 0 ..< `count` into ranges and calls `body` with each.
    ///
    /// - Parameters:
    ///   - count: how many there are of whatever is shared out.
    ///   - smallest: the least that is worth a thread.
    ///   - multiple: where ranges may be cut.
    ///   - shares: how long the ranges are.
    ///   - body: does one range.
    public func forEachSlice(
        of count: Int, atLeast smallest: Int, multipleOf multiple: Int = 1,
        in shares: Shares = .even, _ body: @Sendable (Range<Int>) -> Void
    ) {
        let units = (count + multiple - 1) / multiple
        let threads = max(1, min(threadCount, count / max(1, smallest)))
        let cuts = shares.cuts(units, threads: threads)
        run(parts: cuts.count - 1) { part in
            let start = cuts[part] * multiple
            let end = min(count, cuts[part + 1] * multiple)
            if start < end { body(start..<end) }
        }
    }
}
