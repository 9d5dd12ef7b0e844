import Foundation

/// The file `pong.txt`, to which a run that is alive adds a line now and then: a watchdog kills one
/// that no longer does.
public final class Heartbeat {
    private let path: String
    private let interval: Duration
    private var last: ContinuousClock.Instant?

    /// - Parameters:
    ///   - path: of the file.
    ///   - interval: the least time between two lines; steps of small models take milliseconds.
    public init(_ path: String, interval: Duration = .seconds(1)) {
        self.path = path
        self.interval = interval
    }

    /// Adds a line, unless one was added just now: `pid<process>_time<UTC>_nonce<random>`, as the
    /// original's.
    ///
    /// - Throws: `TrainingError.cannotWrite`.
    public func beat() throws {
        let now = ContinuousClock.now
        if let last, now - last < interval { return }
        last = now
        let time = Date.now.formatted(.iso8601)
        let nonce = String(UInt64.random(in: 0 ... .max), radix: 16)
        let line = "pid\(ProcessInfo.processInfo.processIdentifier)_time\(time)_nonce\(nonce)\n"
        try TrainingError.writing(path) {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw TrainingError.systemError() }
            defer { close(descriptor) }
            let bytes = Array(line.utf8)
            guard write(descriptor, bytes, bytes.count) == bytes.count else {
                throw TrainingError.systemError()
            }
        }
    }
}
