import Checkpoints
import Configuration
import HTTP
import JSON
import Logging
import Serving
import Synchronization

/// What the owner does while the server runs: `/admin/reload`, and `swap` and `rollback` of one model.
final class Administration: Sendable {
    /// Reads the configuration again; nil where the server is gone.
    typealias Reload = @Sendable () throws -> ModelRegistry<ModelConfiguration>.Change?

    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings
    private let logger: Logger
    private let folders: CallFolders
    private let changes: ChangeQueue
    private let reload = Mutex<Reload?>(nil)

    init(
        _ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings,
        _ folders: CallFolders, _ changes: ChangeQueue, logger: Logger
    ) {
        self.registry = registry
        self.settings = settings
        self.logger = logger
        self.folders = folders
        self.changes = changes
    }

    /// - Parameter reload: what `/admin/reload` does.
    func onReload(_ reload: @escaping Reload) { self.reload.withLock { $0 = reload } }

    var routes: [Route] {
        [
            Route("POST", "/admin/reload", .scope(.admin), takesJSON: false) { [self] exchange in
                try changes.run(exchange) { try self.reloaded() }
            },
            Route("POST", "/admin/models/{key}/swap", .scope(.admin)) { [self] exchange in
                try settings.check(exchange.key, for: exchange.caller)
                let fields = try RequestFields(exchange.request.body)
                guard let path = try fields.string("restore_from") else {
                    throw APIError.invalid("restore_from", "restore_from is missing")
                }
                let drains = try fields.bool("drain") ?? false
                try changes.run(exchange) {
                    try self.swapped(exchange.key) {
                        try self.registry.swap(
                            exchange.key, to: try self.folder(path, of: exchange.key),
                            patience: drains ? Self.patience : nil)
                    }
                }
            },
            Route("POST", "/admin/models/{key}/rollback", .scope(.admin), takesJSON: false) {
                [self] exchange in
                try settings.check(exchange.key, for: exchange.caller)
                try changes.run(exchange) {
                    let body = exchange.request.body
                    let drains = body.isEmpty ? nil : try RequestFields(body).bool("drain")
                    return try self.swapped(exchange.key) {
                        try self.registry.rollBack(
                            exchange.key, patience: drains == true ? Self.patience : nil)
                    }
                }
            },
        ]
    }

    /// How long a drained model's replies may take to finish.
    private static let patience = Duration.seconds(30)

    private func reloaded() throws -> JSONValue {
        guard let change = try reload.withLock({ $0 })?() else {
            throw APIError(ServingError.stopping)
        }
        func list(_ keys: [String]) -> JSONValue { .array(keys.map { .string($0) }) }
        return [
            "added": list(change.added), "removed": list(change.removed),
            "swapped": list(change.swapped), "updated": list(change.updated),
        ]
    }

    private func swapped(
        _ key: String,
        _ body: () throws -> ModelRegistry<ModelConfiguration>.Swap
    ) throws -> JSONValue {
        let start = ContinuousClock.now
        let swap = try body()
        logger.notice(
            "swapped",
            metadata: [
                "model": "\(key)", "version": "\(swap.version.name)",
                "previous": "\(swap.previous ?? "none")",
                "seconds": "\(Application.seconds(since: start))",
            ])
        return [
            "model_version": .string(swap.version.name),
            "previous_version": swap.previous.map { .string($0) } ?? nil,
        ]
    }

    private func folder(_ path: String, of key: String) throws -> ModelFolder {
        let path = try folders.checked(path, "restore_from")
        let model = registry.profile(key)
        return try ModelFolder.resolve(
            modelName: model?.modelName, restoreFrom: path,
            modelsFolder: model?.modelsFolder ?? "models")
    }
}
