import Crypto
import Dispatch
import Foundation
import Logging
import Synchronization

/// An HTTP/1.1 server. It listens, keeps to its limits, and hands whole requests to a handler.
public final class HTTPServer: Sendable {
    public struct Configuration: Sendable {
        public var limits = HTTPLimits()
        /// Queues that connections live on. None of them ever blocks, so a few are enough.
        public var queueCount = 2

        public init() {}

        /// What `Host` says of a server that only this machine can reach.
        public static let loopbackHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]
    }

    private struct State {
        var listeners: [Listener] = []
        var isStopping = false
    }

    private let limits: HTTPLimits
    private let handler: any HTTPHandler
    private let logger: Logger
    private let loops: [EventLoop]
    private let registry: ConnectionRegistry
    private let handshakes: Handshakes
    private let bodies: BodyBudget
    private let state = Mutex(State())

    /// - Throws: `HTTPServerError.system` where files have run out.
    public init(
        configuration: Configuration = Configuration(), handler: any HTTPHandler, logger: Logger
    ) throws(HTTPServerError) {
        limits = configuration.limits
        self.handler = handler
        self.logger = logger
        registry = ConnectionRegistry(limits: limits)
        handshakes = Handshakes(limit: limits.handshakes)
        bodies = BodyBudget(limit: limits.bodiesBytes)
        var loops: [EventLoop] = []
        for number in 0..<max(1, configuration.queueCount) {
            loops.append(try EventLoop(label: "http.\(number)"))
        }
        self.loops = loops
    }

    /// Starts to listen. To listen at several addresses, call it for each.
    ///
    /// - Parameters:
    ///   - host: A name or an address of this machine; "0.0.0.0" or "::" for all of them.
    ///   - port: 0 for any port that is free.
    ///   - certificates: what is shown to clients, for HTTPS; nil for plain HTTP.
    ///   - allowedHosts: Host names a request may name there, without port, an IPv6 address in its
    ///     brackets; nil allows every valid one. (See `Configuration.loopbackHosts`.)
    /// - Returns: The port that is listened on, from before this returns.
    /// - Throws: Why that is not possible, and what to do about it.
    @discardableResult
    public func start(
        host: String, port: Int, certificates: ServerCertificates? = nil,
        allowedHosts: Set<String>? = nil
    ) throws(HTTPServerError) -> Int {
        guard !state.withLock({ $0.isStopping }) else { throw .stopped }
        // A client that goes away while it is being written to must not take the process along.
        signal(SIGPIPE, SIG_IGN)
        registry.setCapacity(capacity())
        loops[0].awaitTimers()
        let socket = try ListeningSocket(host: host, port: port, backlog: limits.backlog)
        let policy = RequestPolicy(limits: limits, allowedHosts: allowedHosts)
        let listener = Listener(socket: socket, events: loops[0].events, logger: logger) {
            self.welcome($0, from: $1, showing: certificates, by: policy)
        }
        let isStopping = state.withLock {
            if !$0.isStopping { $0.listeners.append(listener) }
            return $0.isStopping
        }
        guard !isStopping else {
            close(socket.descriptor)
            throw .stopped
        }
        listener.start()
        return socket.port
    }

    /// Stops: listens no more at once, answers what is being answered, closes what is idle, and
    /// cuts off what is left after `grace`.
    ///
    /// - Parameters:
    ///   - grace: How long answers may take, `HTTPLimits.shutdownGrace` when nil. Calling again
    ///     with a shorter one shortens it.
    ///   - completion: Called, on a queue of Dispatch's, when the last connection is closed.
    public func stop(grace: Duration? = nil, completion: @escaping @Sendable () -> Void) {
        let listeners = state.withLock { state in
            state.isStopping = true
            defer { state.listeners = [] }
            return state.listeners
        }
        let closing = DispatchGroup()
        for listener in listeners {
            closing.enter()
            listener.stop { closing.leave() }
        }
        let (seconds, attoseconds) = (grace ?? limits.shutdownGrace).components
        let patience = Double(seconds) + Double(attoseconds) * 1e-18
        closing.notify(queue: loops[0].queue) { [loops, registry] in
            for loop in loops { loop.forEach { $0.stop() } }
            loops[0].queue.asyncAfter(deadline: .now() + patience) {
                for loop in loops { loop.forEach { $0.cut() } }
            }
            registry.whenEmpty(completion)
        }
    }

    /// Stops, and returns when the last connection is closed.
    public func stop(grace: Duration? = nil) async {
        await withCheckedContinuation { continuation in
            stop(grace: grace) { continuation.resume() }
        }
    }

    private func welcome(
        _ socket: Socket, from address: String, showing certificates: ServerCertificates?,
        by policy: RequestPolicy
    ) {
        let (admission, id) = registry.admit(address)
        guard admission != .drop else {
            close(socket.descriptor)
            return
        }
        let stream: TLSStream?
        do {
            stream = try certificates?.stream(on: socket.descriptor)
        } catch {
            logger.warning("a connection could not be begun", metadata: ["reason": "\(error)"])
            close(socket.descriptor)
            return registry.leave(address, as: admission)
        }
        socket.tune(stallTime: limits.writeStallTime)
        let state = ConnectionState(
            limits: limits, policy: policy, remoteAddress: address, bodies: bodies,
            isEncrypted: stream != nil, openedAt: .now)
        let connection = Connection(
            id: id, transport: Transport(socket, stream),
            handshakes: stream == nil ? nil : handshakes, state: state,
            loop: loops[id % loops.count], handler: handler, logger: logger
        ) { [registry] in
            registry.leave(address, as: admission)
        }
        connection.start(isTurnedAway: admission == .turnAway)
    }

    /// How many connections the system's limit of open files leaves room for, after raising it as
    /// far as this process may.
    private func capacity() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return limits.connections
        }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                limit = raised
            }
        }
        let files = Int(clamping: limit.rlim_cur)
        let room = max(1, files - limits.spareDescriptors - limits.refusals)
        guard room < limits.connections else { return limits.connections }
        logger.warning(
            "the limit of open files (ulimit -n), less spare_files, lowers that of connections",
            metadata: ["files": "\(files)", "connections": "\(room)"])
        return room
    }
}
