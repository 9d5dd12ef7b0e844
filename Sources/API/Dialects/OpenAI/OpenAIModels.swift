import Configuration
import HTTP
import JSON

/// `GET /v1/models` and `GET /v1/models/{id}`: the models that a caller may use, as OpenAI lists them.
struct OpenAIModels: Sendable {
    private let settings: CompatibilitySettings
    /// When the server was started, in seconds since 1970: a model's own age says nothing here.
    private let created: Int

    init(_ settings: CompatibilitySettings, created: Int) {
        self.settings = settings
        self.created = created
    }

    var routes: [Route] {
        [
            Route("GET", "/v1/models", .scope(.infer)) { exchange in
                let models = settings.keys(for: exchange.caller).map(entry)
                exchange.writer.send(.json(["object": "list", "data": .array(models)]))
            },
            Route("GET", "/v1/models/{key}", .scope(.infer)) { exchange in
                try settings.check(exchange.key, for: exchange.caller)
                exchange.writer.send(.json(entry(exchange.key)))
            },
        ]
    }

    private func entry(_ key: String) -> JSONValue {
        [
            "id": .string(key), "object": "model", "created": .integer(created),
            "owned_by": "dixie",
        ]
    }
}
