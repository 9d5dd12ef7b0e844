import Configuration
import HTTP
import JSON
import Logging
import Serving

/// The original's small routes: `/ping`, `/prime`, `/models/list`, `/gputemp`, and what it said at `/`.
struct OriginalRoutes: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let inferences: InferenceCount
    private let settings: CompatibilitySettings
    private let logger: Logger

    init(
        _ registry: ModelRegistry<ModelConfiguration>, _ inferences: InferenceCount,
        _ settings: CompatibilitySettings, _ logger: Logger
    ) {
        self.logger = logger
        self.registry = registry
        self.inferences = inferences
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route("GET", "/ping", .open) { $0.writer.send(.text("Pong!")) },
            Route("POST", "/prime", .scope(.infer)) { try prime($0) },
            Route("GET", "/models/list", .scope(.infer)) { list($0) },
            Route("GET", "/gputemp", .scope(.infer)) { exchange in
                try GPUTemperatures.read { exchange.writer.send(.json($0)) }
            },
        ]
    }

    /// Has a model loaded, and answers at once.
    private func prime(_ exchange: Route.Exchange) throws {
        let fields = try RequestFields(exchange.request.body)
        let key = try fields.string("model_key") ?? Invocations.defaultKey
        if settings.answersUnknown(key, isNull: fields.isNull, for: exchange.caller) {
            exchange.writer.send(.text("UNKNOWN"))
            return
        }
        try settings.check(key, for: exchange.caller)
        registry.prime(key) { [logger] result in
            if case .failure(let error) = result { logger.error("\(error)") }
        }
        exchange.writer.send(.text("primed \(key)"))
    }

    private func list(_ exchange: Route.Exchange) {
        let keys = settings.keys(for: exchange.caller)
        let models = keys.map { key -> JSONValue in
            ["model_key": .string(key), "num_inferences": .integer(inferences[key])]
        }
        let active = inferences.latest.flatMap { keys.contains($0) ? $0 : nil }
        exchange.writer.send(
            .json([
                "active_model": ["key": active.map { .string($0) } ?? nil],
                "models": .array(models),
            ]))
    }

    /// The original's greeting, for whoever asks for `/` with anything but a browser.
    static let greeting: HTTPResponse = {
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <title>dixie</title>
            <body style="font-family:consolas,monospace;margin:3em">
            <h1 style="color:#aa0">hello friend</h1>
            <p>The models here answer <code>POST /invocations</code>;
            <a href="/models/list">their list</a>.</p>
            </body>
            </html>

            """
        let headers: HTTPHeaders = [
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
                + "frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
        ]
        return HTTPResponse(status: 200, headers: headers, body: Array(page.utf8))
    }()
}
