import Dispatch
import Logging
import Synchronization

@testable import HTTP

/// A server on a port of its own, which answers GET /health, echoes at POST /echo, and leaves
/// everything at /later to the test.
final class TestServer: Sendable {
    let server: HTTPServer
    let port: Int
    private let handler: Handler

    /// - Parameters:
    ///   - certificates: what is shown by TLS; nil for plain HTTP.
    ///   - change: what is to be different.
    /// - Throws: `HTTPServerError`.
    init(
        certificates: ServerCertificates? = nil,
        _ change: (inout HTTPServer.Configuration) -> Void = { _ in }
    ) throws {
        var configuration = HTTPServer.Configuration()
        // Deadlines have tests without a clock; here a busy machine must not decide.
        configuration.limits.headTime = .seconds(600)
        configuration.limits.bodyGraceTime = .seconds(600)
        configuration.limits.bodyIdleTime = .seconds(600)
        configuration.limits.bodyTime = .seconds(600)
        configuration.limits.drainTime = .seconds(600)
        configuration.limits.keepAliveTime = .seconds(600)
        configuration.limits.lingerTime = .seconds(600)
        configuration.limits.shutdownGrace = .seconds(600)
        configuration.limits.writeStallTime = .seconds(600)
        change(&configuration)
        handler = Handler()
        server = try HTTPServer(
            configuration: configuration, handler: handler,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        port = try server.start(host: "127.0.0.1", port: 0, certificates: certificates)
    }

    deinit { server.stop(grace: .zero) {} }

    /// The writers of requests for /later, in order.
    var later: AsyncStream<any HTTPResponseWriter> { handler.later }
    /// Every path that was asked for.
    var paths: Set<String> { handler.paths.withLock { $0 } }

    private final class Handler: HTTPHandler {
        let paths = Mutex(Set<String>())
        let later: AsyncStream<any HTTPResponseWriter>
        private let laterContinuation: AsyncStream<any HTTPResponseWriter>.Continuation

        init() {
            (later, laterContinuation) = AsyncStream.makeStream()
        }

        func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
            paths.withLock { _ = $0.insert(head.path) }
            let allowed: [String]
            switch head.path {
            case "/health", "/later": allowed = ["GET", "HEAD"]
            case "/echo": allowed = ["POST"]
            case "*": allowed = ["OPTIONS"]
            default: return HTTPResponse(status: 404)
            }
            guard !allowed.contains(head.method) else { return nil }
            return HTTPResponse(
                status: 405, headers: ["Allow": allowed.joined(separator: ", ")])
        }

        func respond(to request: HTTPRequest, with writer: any HTTPResponseWriter) {
            switch request.head.path {
            case "/later": laterContinuation.yield(writer)
            case "/echo": writer.send(HTTPResponse(status: 200, body: request.body))
            case "*": writer.send(HTTPResponse(status: 204))
            default: writer.send(HTTPResponse(status: 200, body: Array("ok\n".utf8)))
            }
        }
    }
}
