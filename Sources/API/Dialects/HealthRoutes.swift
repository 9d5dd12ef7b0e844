import HTTP
import JSON

/// `GET /health` says that the process lives; `GET /ready`, that models to be loaded at start are
/// and that it takes requests.
struct HealthRoutes: Sendable {
    private let readiness: Readiness

    init(_ readiness: Readiness) { self.readiness = readiness }

    var routes: [Route] {
        [
            Route("GET", "/health", .open) { $0.writer.send(.json(["status": "ok"])) },
            Route("GET", "/ready", .open) { exchange in
                let state = readiness.state
                exchange.writer.send(
                    .json(
                        ["status": .string(state.rawValue)], status: state == .ready ? 200 : 503))
            },
        ]
    }
}
