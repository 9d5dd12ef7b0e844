import Dispatch
import Foundation
import Logging

/// Takes connections from one listening socket, whatever befalls the system meanwhile.
final class Listener: @unchecked Sendable {
    // Sendable because everything that changes is only touched on `queue`.

    private let socket: ListeningSocket
    private let queue: DispatchQueue
    private let logger: Logger
    private let onConnection: @Sendable (Socket, String) -> Void
    private var source: EventSource?
    private var pause = shortestPause

    private static let shortestPause = 0.1
    private static let longestPause = 1.0

    init(
        socket: ListeningSocket, queue: DispatchQueue, logger: Logger,
        onConnection: @escaping @Sendable (Socket, String) -> Void
    ) {
        self.socket = socket
        self.queue = queue
        self.logger = logger
        self.onConnection = onConnection
    }

    func start() {
        queue.async {
            let source = EventSource(
                descriptor: self.socket.descriptor, queue: self.queue,
                onReadable: { self.accept() })
            source.setReading(true)
            self.source = source
        }
    }

    /// Closes the socket: who connects from now on is refused by the system.
    func stop(onClosed: @escaping @Sendable () -> Void) {
        queue.async {
            guard let source = self.source else { return onClosed() }
            self.source = nil
            source.cancel(onClosed: onClosed)
        }
    }

    private func accept() {
        // In portions, because others live on this queue; what is left is told of again.
        for _ in 0..<64 {
            guard source != nil else { return }
            switch socket.accept() {
            case .connection(let connection, let address):
                pause = Self.shortestPause
                onConnection(connection, address)
            case .wouldBlock: return
            case .lost: continue
            case .exhausted(let code): return rest(code)
            case .failed(let code):
                logger.critical(
                    "cannot accept connections any more",
                    metadata: ["reason": "\(String(cString: strerror(code)))"])
                return stop(onClosed: {})
            }
        }
    }

    /// Waits, because a connection that cannot be accepted stays at the door, and would ring the
    /// whole time.
    private func rest(_ code: Int32) {
        logger.warning(
            "cannot accept connections for the moment",
            metadata: ["reason": "\(String(cString: strerror(code)))"])
        source?.setReading(false)
        queue.asyncAfter(deadline: .now() + pause) {
            self.source?.setReading(true)
            self.accept()
        }
        pause = min(pause * 2, Self.longestPause)
    }
}
