import Checkpoints
import Compute
import Configuration
import HTTP
import JSON
import Serving

/// `GET /admin/models`: what is served under each key, and what the configuration says of it.
struct ModelListing: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings

    init(_ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings) {
        self.registry = registry
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route("GET", "/admin/models", .scope(.admin)) { exchange in
                let keys = Set(settings.keys(for: exchange.caller))
                let models = registry.statuses.filter { keys.contains($0.key) }.map(Self.entry)
                exchange.writer.send(.json(["models": .array(models)]))
            }
        ]
    }

    private static func entry(_ status: ModelRegistry<ModelConfiguration>.Status) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? nil }
        let version = status.version
        return [
            "model_key": .string(status.key), "loaded": .bool(version != nil),
            "pinned": .bool(status.profile.pin),
            "bytes": version.map { .integer($0.byteCount) } ?? nil,
            "weights": .string(status.profile.weights.rawValue),
            "version": text(version?.name),
            // The file itself; of one that is not loaded, the one that would be.
            "serves": text(version?.path ?? status.folder.checkpoint?.path),
            "model_name": .string(status.profile.modelName),
            "restore_from": text(status.profile.restoreFrom),
            "swapped": .bool(status.isSwapped), "can_roll_back": .bool(status.canRollBack),
        ]
    }
}
