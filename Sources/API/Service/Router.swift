import HTTP
import Logging

/// Finds the route of a request, refuses what has none, and runs it where its work belongs.
final class Router: HTTPHandler {
    private let table: RouteTable
    private let gatekeeper: Gatekeeper
    private let crossOrigin: CrossOriginPolicy
    private let worker: WorkerQueue
    private let fullness: @Sendable () -> APIError?
    private let metrics: RequestMetrics
    private let logger: Logger

    /// - Parameters:
    ///   - routes: all there are.
    ///   - gatekeeper: knows who may ask.
    ///   - crossOrigin: knows which pages may.
    ///   - worker: where bodies are read.
    ///   - fullness: says why no model can take another request, while none can.
    ///   - metrics: counts the answers.
    ///   - logger: gets a line for each answer.
    init(
        _ routes: [Route], gatekeeper: Gatekeeper, crossOrigin: CrossOriginPolicy,
        worker: WorkerQueue, fullness: @escaping @Sendable () -> APIError?,
        metrics: RequestMetrics, logger: Logger
    ) {
        table = RouteTable(routes)
        self.gatekeeper = gatekeeper
        self.crossOrigin = crossOrigin
        self.worker = worker
        self.fullness = fullness
        self.metrics = metrics
        self.logger = logger
    }

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        guard let response = answerWithoutBody(to: head) else { return nil }
        let record = record(of: head)
        record.answered(response.status)
        return record.marked(response)
    }

    private func record(of head: HTTPRequestHead) -> AnswerRecord {
        AnswerRecord(
            method: head.method, path: table.find(head.path)?.path,
            headers: crossOrigin.headers(for: head), metrics: metrics, logger: logger)
    }

    private func answerWithoutBody(to head: HTTPRequestHead) -> HTTPResponse? {
        guard head.method != "OPTIONS" else { return options(head) }
        do throws(APIError) {
            let route = try route(head)
            try gatekeeper.admit(head, for: route.access)
            if route.takesJSON { try Self.checkContentType(head) }
            // Under a flood, reading bodies would take the time that replies need.
            if route.generates, let error = fullness() { throw error }
            return nil
        } catch {
            return refusal(error, of: head)
        }
    }

    func respond(to request: HTTPRequest, with writer: any HTTPResponseWriter) {
        let writer = RecordedWriter(
            writer, record(of: request.head), refusal: { [self] in refusal($0, of: request.head) })
        do throws(APIError) {
            let route = try route(request.head)
            let caller = try gatekeeper.caller(request.head, for: route.access)
            if let caller {
                writer.record.onUsage { [gatekeeper] in
                    gatekeeper.charge(caller, tokens: $0.prompt + $0.completion)
                }
            }
            let exchange = Route.Exchange(
                request: request, writer: writer, caller: caller,
                key: table.find(request.head.path)?.key ?? "")
            guard route.takesJSON else { return run(route, exchange) }
            try worker.run { self.run(route, exchange) }
        } catch {
            writer.refuse(error)
        }
    }

    func didRefuse(status: Int) { metrics.noteUnread(status: status) }

    private func run(_ route: Route, _ exchange: Route.Exchange) {
        do {
            try route.handle(exchange)
        } catch let error as APIError {
            exchange.writer.refuse(error)
        } catch {
            // What went wrong is for the log; the client learns only that something did.
            logger.error(
                "a request failed",
                metadata: [
                    "path": "\(route.path)", "error": "\(error)",
                    "request": "\(exchange.writer.record.requestID)",
                ])
            exchange.writer.refuse(.internalError)
        }
    }

    private func refusal(_ error: APIError, of head: HTTPRequestHead) -> HTTPResponse {
        var response = table.find(head.path)?.refusal(error) ?? error.response
        if error.status == 405 { response.headers.set("Allow", allowed(at: head.path)) }
        return response
    }

    private func route(_ head: HTTPRequestHead) throws(APIError) -> Route {
        guard let routes = table.find(head.path)?.routes else {
            throw APIError(404, "there is nothing at this path", code: "not_found")
        }
        let method = head.method == "HEAD" ? "GET" : head.method
        guard let route = routes.first(where: { $0.method == method }) else {
            throw APIError(
                405, "this path answers \(allowed(at: head.path)) only",
                code: "method_not_allowed")
        }
        return route
    }

    /// The methods of a path, as `Allow` lists them.
    private func allowed(at path: String) -> String {
        let methods = (table.find(path)?.routes ?? []).map(\.method)
        return (methods + (methods.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"])
            .joined(separator: ", ")
    }

    private func options(_ head: HTTPRequestHead) -> HTTPResponse {
        guard head.path == "*" || table.find(head.path) != nil else {
            return APIError(404, "there is nothing at this path", code: "not_found").response
        }
        let methods = head.path == "*" ? "GET, HEAD, POST, OPTIONS" : allowed(at: head.path)
        var headers = crossOrigin.preflightHeaders(for: head, methods: methods)
        headers.set("Allow", methods)
        return HTTPResponse(status: 204, headers: headers)
    }

    /// JSON must say that it is: a page in a browser can make its visitor POST plain text to this
    /// server, but not JSON.
    private static func checkContentType(_ head: HTTPRequestHead) throws(APIError) {
        let remedy = "send the header \"Content-Type: application/json\""
        let values = head.headers.all("Content-Type")
        guard let value = values.first, values.count == 1 else {
            throw APIError(
                415, "the request does not say what its body is; \(remedy)",
                code: "unsupported_media_type")
        }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }.trimmingSpaces
        guard Substring(type).lowercased() == "application/json" else {
            throw APIError(
                415, "the body is announced as something other than JSON; \(remedy)",
                code: "unsupported_media_type")
        }
    }
}

extension Substring.UTF8View {
    fileprivate var trimmingSpaces: Substring.UTF8View {
        func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        }
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
