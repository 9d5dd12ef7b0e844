import Dispatch
import Foundation
import Logging

/// Takes connections from one listening socket, whatever befalls the system meanwhile.
final class Listener: @unchecked Sendable {
    // Sendable because everything that changes is only touched on the set's queue.

    private let socket: ListeningSocket
    private let events: EventSet
    private let logger: Logger
    private let onConnection: @Sendable (Socket, String) -> Void
    private var state = State.idle
    private var pause = shortestPause

    private enum State {
        /// The socket takes connections, and nobody has them yet.
        case idle
        case listening(EventSource)
        case closed
    }

    private var source: EventSource? {
        if case .listening(let source) = state { source } else { nil }
    }

    private static let shortestPause = 0.1
    private static let longestPause = 1.0

    init(
        socket: ListeningSocket, events: EventSet, logger: Logger,
        onConnection: @escaping @Sendable (Socket, String) -> Void
    ) {
        self.socket = socket
        self.events = events
        self.logger = logger
        self.onConnection = onConnection
    }

    func start() {
        events.queue.async {
            // It may have been stopped before.
            guard case .idle = self.state else { return }
            do {
                let source = try EventSource(
                    descriptor: self.socket.descriptor, set: self.events,
                    onReadable: { self.accept() })
                self.state = .listening(source)
                source.setReading(true)
            } catch {
                self.state = .closed
                return self.sayWhyNot("\(error)")
            }
            self.accept()
        }
    }

    /// Closes the socket: who connects from now on is refused by the system.
    func stop(onClosed: @escaping @Sendable () -> Void) {
        events.queue.async {
            defer { self.state = .closed }
            switch self.state {
            case .idle:
                close(self.socket.descriptor)
                onClosed()
            case .listening(let source): source.cancel(onClosed: onClosed)
            case .closed: onClosed()
            }
        }
    }

    private func accept() {
        // In portions, because others live on this queue.
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
                sayWhyNot(String(cString: strerror(code)))
                return stop(onClosed: {})
            }
        }
        // What is left has been told of, and will not be again.
        events.queue.async { self.accept() }
    }

    private func sayWhyNot(_ reason: String) {
        logger.critical("cannot accept connections any more", metadata: ["reason": "\(reason)"])
    }

    /// Waits, because a connection that cannot be accepted stays at the door, and would ring the
    /// whole time.
    private func rest(_ code: Int32) {
        logger.warning(
            "cannot accept connections for the moment",
            metadata: ["reason": "\(String(cString: strerror(code)))"])
        source?.setReading(false)
        events.queue.asyncAfter(deadline: .now() + pause) {
            self.source?.setReading(true)
            self.accept()
        }
        pause = min(pause * 2, Self.longestPause)
    }
}
