import Foundation

/// Runs `body` for every index below `count`, each on a thread of its own and the last on this one, and
/// returns when all are done.
///
/// New threads take over this one's priority, which threads of Dispatch's do not: what a model's loader
/// has done on several threads stays behind what serves.
///
/// - Parameters:
///   - count: how many.
///   - body: called on several threads at once; on this one alone where the system gives no others.
public func onThreads(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 0 else { return }
    withoutActuallyEscaping(body) { body in
        let threads = (0..<count - 1).map { index in startThread { body(index) } }
        body(count - 1)
        for (index, thread) in threads.enumerated() {
            if let thread { pthread_join(thread, nil) } else { body(index) }
        }
    }
}

/// Runs `body` on a new thread, and returns when that has ended.
///
/// - Parameter body: called once, and told whether it has a thread of its own: where the system gives none,
///   this one runs it.
public func onNewThread(_ body: @Sendable (_ isOwn: Bool) -> Void) {
    withoutActuallyEscaping(body) { body in
        if let thread = startThread({ body(true) }) {
            pthread_join(thread, nil)
        } else {
            body(false)
        }
    }
}

/// What a thread is to do.
private final class Work {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// - Returns: to be joined, by when the thread has let go of `body`; nil where there is none to be had.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { work in
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
            return nil
        }, work.toOpaque())
    guard status == 0 else {
        work.release()
        return nil
    }
    return thread
}
