import Compute
import Configuration
import Foundation
import GPT2
import HTTP
import JSON
import Serving

/// `GET /api/tags`, `/api/ps`, `/api/version` and `POST /api/show`: what Ollama's clients ask before they
/// talk.
struct OllamaModels: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings
    private let started: Date

    init(
        _ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings,
        started: Date
    ) {
        self.registry = registry
        self.settings = settings
        self.started = started
    }

    /// Ollama's version whose requests these are.
    private static let version = "0.12.0"

    /// Of a model that is not loaded: Ollama's program takes the first twelve digits of any.
    private static let unknownDigest = String(repeating: "0", count: 12)

    /// What changes models, or asks for what they are not.
    private static let missing = [
        ("POST", "/api/pull"), ("POST", "/api/push"), ("POST", "/api/create"),
        ("POST", "/api/copy"), ("DELETE", "/api/delete"), ("POST", "/api/embed"),
        ("POST", "/api/embeddings"),
    ]

    var routes: [Route] {
        Self.missing.map { method, path in
            Route(method, path, .scope(.infer), takesJSON: false, refusal: \.ollamaResponse) { _ in
                throw APIError(
                    404, "\(path) is not served: models are those of server_config.json",
                    code: "not_supported")
            }
        } + [
            Route("GET", "/api/version", .open, refusal: \.ollamaResponse) {
                $0.writer.send(.json(["version": .string(Self.version)]))
            },
            Route("GET", "/api/tags", .scope(.infer), refusal: \.ollamaResponse) { exchange in
                let rows = statuses(for: exchange.caller).map { JSONValue.object(members($0)) }
                exchange.writer.send(.json(["models": .array(rows)]))
            },
            Route("GET", "/api/ps", .scope(.infer), refusal: \.ollamaResponse) { exchange in
                let loaded = statuses(for: exchange.caller).filter { $0.version != nil }
                let rows = loaded.map { status -> JSONValue in
                    // Ours stay until their `ttl`, which begins anew with every use.
                    let stays = status.profile.timeToLive.map { $0 / .seconds(1) } ?? 31_536_000
                    return .object(
                        members(status) + [
                            JSONMember(
                                "expires_at",
                                .string(OllamaShape.timestamp(Date() + stays))),
                            JSONMember("size_vram", 0),
                            JSONMember(
                                "context_length",
                                .integer(status.version?.contextLength ?? 0)),
                        ])
                }
                exchange.writer.send(.json(["models": .array(rows)]))
            },
            Route("POST", "/api/show", .scope(.infer), refusal: \.ollamaResponse) { exchange in
                let key = try OllamaFields(exchange.request.body).model(
                    settings, for: exchange.caller)
                // What it says is known once it is loaded.
                registry.acquire(key) { result in
                    switch result {
                    case .success(let served): exchange.writer.send(.json(show(served)))
                    case .failure(let error): exchange.writer.refuse(APIError(error))
                    }
                }
            },
        ]
    }

    private func statuses(
        for caller: APIKey?
    ) -> [ModelRegistry<ModelConfiguration>.Status] {
        let keys = Set(settings.keys(for: caller))
        return registry.statuses.filter { keys.contains($0.key) }
    }

    private func members(_ status: ModelRegistry<ModelConfiguration>.Status) -> [JSONMember] {
        let version = status.version
        return [
            JSONMember("name", .string(status.key)), JSONMember("model", .string(status.key)),
            JSONMember(
                "modified_at", .string(OllamaShape.timestamp(version?.loadedAt ?? started))),
            JSONMember("size", .integer(version?.byteCount ?? 0)),
            JSONMember("digest", .string(version?.name ?? Self.unknownDigest)),
            JSONMember("details", details(version?.hyperparameters, status.profile)),
        ]
    }

    private func details(
        _ size: Hyperparameters?, _ profile: ModelConfiguration
    ) -> JSONValue {
        let parameters = size.map { ParameterTable($0).parameterCount }
        return [
            "parent_model": "", "format": "safetensors", "family": "gpt2", "families": ["gpt2"],
            "parameter_size": .string(parameters.map { "\(($0 + 500_000) / 1_000_000)M" } ?? ""),
            "quantization_level": .string(profile.weights.rawValue.uppercased()),
        ]
    }

    private func show(_ served: ModelRegistry<ModelConfiguration>.Served) -> JSONValue {
        let size = served.version.model.hyperparameters
        let defaults = served.profile.generation
        let parameters = [
            "temperature \(defaults.temperature)", "top_k \(defaults.topK)",
            "top_p \(defaults.topP)", "num_predict \(defaults.length)",
        ]
        return [
            "modelfile": "", "license": "",
            "parameters": .string(parameters.joined(separator: "\n")),
            "template": "{{ .Prompt }}",
            "modified_at": .string(OllamaShape.timestamp(served.version.loadedAt)),
            "details": details(size, served.profile),
            "model_info": [
                "general.architecture": "gpt2",
                "general.parameter_count": .integer(ParameterTable(size).parameterCount),
                "gpt2.context_length": .integer(size.contextLength),
                "gpt2.embedding_length": .integer(size.embeddingWidth),
                "gpt2.block_count": .integer(size.layerCount),
                "gpt2.attention.head_count": .integer(size.headCount),
                "gpt2.vocab_size": .integer(size.vocabularySize),
            ],
            "capabilities": ["completion"],
        ]
    }
}
