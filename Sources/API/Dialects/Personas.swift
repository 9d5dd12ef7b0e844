import Chat
import Configuration
import HTTP
import JSON
import Serving

/// `GET /personas`: whom a caller may talk to, and how each answers where a request does not say.
struct Personas: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings

    init(_ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings) {
        self.registry = registry
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route("GET", "/personas", .scope(.infer)) { exchange in
                let keys = Set(settings.keys(for: exchange.caller))
                let personas = registry.statuses.filter { keys.contains($0.key) }.map(Self.entry)
                exchange.writer.send(.json(["personas": .array(personas)]))
            }
        ]
    }

    private static func entry(_ status: ModelRegistry<ModelConfiguration>.Status) -> JSONValue {
        let profile = status.profile
        return [
            "model_key": .string(status.key), "loaded": .bool(status.version != nil),
            "persona": [
                "side": .integer(profile.persona.side),
                "audience": .string(profile.persona.audience),
            ],
            "names": .array(names(profile).map { .string($0) }),
            "generation": [
                "temperature": .number(profile.generation.temperature),
                "length": .integer(profile.generation.length),
            ],
            // Known once it is loaded.
            "context_length": status.version.map { .integer($0.contextLength) } ?? nil,
        ]
    }

    /// The audiences that a request may say, the persona's own first, each once.
    private static func names(_ profile: ModelConfiguration) -> [String] {
        var seen: Set<String> = []
        return ([profile.persona.audience] + profile.sanitizer.names).filter {
            Turn.isAudience($0) && seen.insert($0).inserted
        }
    }
}
