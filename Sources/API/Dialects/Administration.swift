import Checkpoints
import Dispatch
import Foundation
import HTTP
import JSON
import Logging
import Serving
import Synchronization

/// What the owner does while the server runs: `/admin/reload`, and `swap` and `rollback` of one model.
///
/// Each waits for a load, so they have a queue of their own, one after the other.
final class Administration: Sendable {
    /// Reads the configuration again; nil where the server is gone.
    typealias Reload = @Sendable () throws -> ModelRegistry<ModelConfiguration>.Change?

    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings
    private let logger: Logger
    private let folders: Mutex<Folders>
    private let reload = Mutex<Reload?>(nil)
    private let queue = DispatchQueue(label: "dixie.administration", qos: .utility)
    private let waiting = Atomic<Int>(0)

    /// Where paths in calls may lead.
    struct Folders: Sendable {
        /// Where relative ones start.
        var base: String
        var allowed: AllowedFolders
    }

    init(
        _ registry: ModelRegistry<ModelConfiguration>, _ settings: CompatibilitySettings,
        _ folders: Folders, logger: Logger
    ) {
        self.registry = registry
        self.settings = settings
        self.logger = logger
        self.folders = Mutex(folders)
    }

    /// - Parameter reload: what `/admin/reload` does.
    func onReload(_ reload: @escaping Reload) { self.reload.withLock { $0 = reload } }

    func replace(_ folders: Folders) { self.folders.withLock { $0 = folders } }

    var routes: [Route] {
        [
            Route("POST", "/admin/reload", .scope(.admin), takesJSON: false) { [self] exchange in
                try later(exchange) { try self.reloaded() }
            },
            Route("POST", "/admin/models/{key}/swap", .scope(.admin)) { [self] exchange in
                try settings.check(exchange.key, for: exchange.caller)
                let fields = try RequestFields(exchange.request.body)
                guard let path = try fields.string("restore_from") else {
                    throw APIError.invalid("restore_from", "restore_from is missing")
                }
                let drains = try fields.bool("drain") ?? false
                try later(exchange) {
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
                try later(exchange) {
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
    private static let mostWaiting = 16

    private func later(
        _ exchange: Route.Exchange, _ body: @escaping @Sendable () throws -> JSONValue
    ) throws(APIError) {
        // A page in the owner's browser can send what says nothing of its body, but not hide that it does.
        guard exchange.request.head.headers.all("Origin").isEmpty else {
            throw APIError(
                403, "models are not changed for web pages; leave out the header \"Origin\"",
                code: "origin_not_allowed")
        }
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.subtract(1, ordering: .relaxed)
            throw APIError(
                429, "other changes are still being made; try again in a moment", code: "busy",
                retryAfter: 1)
        }
        queue.async { [self] in
            waiting.subtract(1, ordering: .relaxed)
            do {
                exchange.writer.send(.json(try body()))
            } catch {
                // Who may change models may read why they cannot be.
                logger.error("\(error)")
                exchange.writer.send(Self.refusal(error).response)
            }
        }
    }

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
        let folders = folders.withLock { $0 }
        let path = path.hasPrefix("/") ? path : folders.base + "/" + path
        guard AllowedFolders.isSupported else {
            throw APIError(
                501, "paths cannot be checked here: the system refuses openat2, of Linux 5.6",
                code: "not_supported")
        }
        guard folders.allowed.allow(path) else {
            throw APIError.invalid(
                "restore_from",
                "restore_from must lead to a checkpoint or a folder below model_roots, by no links")
        }
        if let link = try folders.allowed.strayLink(in: path) {
            throw APIError.invalid(
                "restore_from",
                "the link \(shown(link)) leads out of model_roots; put the file there, or widen them"
            )
        }
        let model = registry.profile(key)
        return try ModelFolder.resolve(
            modelName: model?.modelName, restoreFrom: path,
            modelsFolder: model?.modelsFolder ?? "models")
    }

    private static func refusal(_ error: any Error) -> APIError {
        switch error {
        case let error as APIError: error
        case let error as ServingError:
            if case .loadFailed(_, let reason) = error {
                APIError(422, reason, code: "load_failed")
            } else {
                APIError(error)
            }
        case let error as ConfigurationError:
            APIError(422, "\(error)", code: "invalid_configuration")
        case let error as CheckpointError:
            APIError(422, "\(error)", param: "restore_from", code: "load_failed")
        default: .internalError
        }
    }
}
