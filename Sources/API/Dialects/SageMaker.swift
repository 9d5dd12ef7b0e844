import Checkpoints
import Configuration
import HTTP
import JSON
import Serving

/// `/models`: how SageMaker's multi-model endpoints load, list and unload the models of a container; and
/// how anybody else can who may change models.
///
/// The paths, statuses and names are those of "Build Your Own Container for SageMaker AI Multi-Model
/// Endpoints" in Amazon's documentation. `Invocations` answers `/models/{key}/invoke`.
struct SageMaker: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings
    private let folders: CallFolders
    private let changes: ChangeQueue
    /// Whether the platform itself is who calls: it has no key.
    private let isPlatform: Bool

    init(
        _ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings,
        _ folders: CallFolders, _ changes: ChangeQueue, isPlatform: Bool
    ) {
        self.registry = registry
        self.settings = settings
        self.folders = folders
        self.changes = changes
        self.isPlatform = isPlatform
    }

    var routes: [Route] {
        let changing: Route.Access = isPlatform ? .open : .scope(.admin)
        return [
            Route("GET", "/models", .scope(.infer)) { exchange in
                let models = loaded(for: exchange.caller).map { json($0, for: exchange.caller) }
                exchange.writer.send(.json(["models": .array(models)]))
            },
            Route("GET", "/models/{key}", .scope(.infer)) { exchange in
                let status = loaded(for: exchange.caller).first { $0.key == exchange.key }
                guard let status else { throw Self.notLoaded(exchange.key) }
                exchange.writer.send(.json(json(status, for: exchange.caller)))
            },
            Route("POST", "/models", changing) { try load($0) },
            Route("DELETE", "/models/{key}", changing) { exchange in
                try requireMayChange(exchange.key, exchange.caller)
                try changes.run(exchange) { try unloaded(exchange.key) }
            },
        ]
    }

    private typealias Status = ModelRegistry<ModelConfiguration>.Status

    private func loaded(for caller: APIKey?) -> [Status] {
        registry.statuses.filter { $0.version != nil && caller?.opens($0.key) ?? true }
    }

    /// Where the files lie is for who may change models.
    private func json(_ status: Status, for caller: APIKey?) -> JSONValue {
        let members = [JSONMember("modelName", .string(status.key))]
        guard isPlatform || caller?.scopes.contains(.admin) ?? true else { return .object(members) }
        let folder = status.profile.restoreFrom ?? status.profile.modelName
        return .object(members + [JSONMember("modelUrl", .string(folder))])
    }

    private func requireMayChange(_ key: String, _ caller: APIKey?) throws(APIError) {
        guard caller?.opens(key) ?? true else {
            throw APIError(403, "this key may not use a model of that name", code: "missing_scope")
        }
    }

    private static func notLoaded(_ key: String) -> APIError {
        let name = ModelKey.isValid(key) ? " \"\(key)\"" : " of that name"
        return APIError(404, "no model\(name) is loaded", code: "model_not_found")
    }

    private func load(_ exchange: Route.Exchange) throws {
        let fields = try RequestFields(exchange.request.body)
        guard let key = try fields.string("model_name") else {
            throw APIError.invalid("model_name", "model_name is missing")
        }
        // Which is a path of the original's.
        guard ModelKey.isValid(key), key != "list" else {
            throw APIError.invalid(
                "model_name",
                "model_name may have 1 to 64 of A-Z a-z 0-9 . _ : - and is not \"list\"")
        }
        try requireMayChange(key, exchange.caller)
        let url = try fields.string("url")
        try changes.run(exchange) {
            let version = try url.map { try added(key, from: $0) } ?? loadedAgain(key)
            return ["modelName": .string(key), "model_version": .string(version.name)]
        }
    }

    private func added(_ key: String, from path: String) throws -> ModelVersion {
        let folder = try folders.checked(path, "url")
        guard var model = try MountedModels.model(key, in: folder) else {
            throw APIError.invalid("url", "there is no model at url that this server can read")
        }
        // Its folder's own configuration may name others.
        let files = try model.folder()
        for path in [files.checkpointFolder, files.configuration, files.vocabulary.encoder] {
            _ = try folders.checked(path, "url")
        }
        if isPlatform {
            // It makes room itself, and only when it is told that there is none.
            model.pin = true
            model.timeToLive = nil
        }
        return try registry.add(try model.specification())
    }

    /// Loads a model of the configuration that is not in memory.
    private func loadedAgain(_ key: String) throws -> ModelVersion {
        guard let status = registry.statuses.first(where: { $0.key == key }) else {
            throw APIError.invalid("url", "url is missing: the folder of the model")
        }
        guard status.version == nil else { throw ServingError.alreadyThere(key) }
        return try registry.acquireAndWait(key).version
    }

    private func unloaded(_ key: String) throws -> JSONValue {
        switch registry.remove(key) {
        case .removed, .unloaded: return ["modelName": .string(key)]
        case .wasNotLoaded: throw Self.notLoaded(key)
        case .stays:
            throw APIError(
                409, "the model \"\(key)\" is pinned or in use; try again when it is not",
                code: "still_in_use", retryAfter: 5)
        }
    }
}
