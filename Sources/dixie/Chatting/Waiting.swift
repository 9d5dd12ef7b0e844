import Dispatch
import Foundation
import Synchronization
import Terminal

/// Does something, and says on standard error meanwhile what is waited for, and how long by now.
///
/// - Parameters:
///   - what: is waited for.
///   - isShown: not, where standard error is no terminal.
///   - body: takes its time.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
func whileSaying<Result>(
    _ what: String, isShown: Bool = isatty(STDERR_FILENO) == 1, _ body: () throws -> Result
) rethrows -> Result {
    guard isShown else { return try body() }
    let start = ContinuousClock.now
    let queue = DispatchQueue(label: "dixie.waiting")
    let hasDrawn = Flag()
    let timer = DispatchSource.makeTimerSource(queue: queue)
    // What takes no longer is over before it is read.
    timer.schedule(deadline: .now() + .milliseconds(200), repeating: .milliseconds(100))
    timer.setEventHandler {
        hasDrawn.isSet.store(true, ordering: .relaxed)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        writeError("\r\u{1B}[K\(what) … \(String(format: "%.1f", seconds)) s")
    }
    timer.resume()
    defer {
        timer.cancel()
        // After the drawing that may be under way.
        queue.sync { if hasDrawn.isSet.load(ordering: .relaxed) { writeError("\r\u{1B}[K") } }
    }
    return try body()
}

private final class Flag: Sendable {
    let isSet = Atomic(false)
}
