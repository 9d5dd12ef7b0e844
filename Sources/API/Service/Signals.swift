import Dispatch
import Foundation

/// What the process does on SIGHUP, SIGTERM and SIGINT: each on a queue where it may wait.
///
/// @unchecked Sendable because Dispatch's sources are, and say so only in their documentation.
final class Signals: @unchecked Sendable {
    private let sources: [any DispatchSourceSignal]

    init(reload: @escaping @Sendable () -> Void, stop: @escaping @Sendable () -> Void) {
        let reloading = DispatchQueue(label: "dixie.reload")
        let stopping = DispatchQueue(label: "dixie.stop")
        sources = [
            (SIGHUP, reloading, reload), (SIGTERM, stopping, stop), (SIGINT, stopping, stop),
        ]
        .map { number, queue, action in
            // Dispatch only watches: without this the signal would still end the process.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            source.resume()
            return source
        }
    }

    /// Stops acting on signals.
    func ignore() {
        for source in sources { source.cancel() }
    }
}
