import Checkpoints
import Configuration
import Foundation
import JSON
import Logging
import Serving

extension ServerConfiguration {
    /// Reads a configuration, with its models' files looked for.
    ///
    /// - Parameters:
    ///   - path: the file; nil for none, and no models.
    ///   - mounted: a folder that goes before it, if there is one and anything to serve in it.
    /// - Returns: the configuration, without a fault.
    /// - Throws: `ConfigurationError` with everything that is wrong.
    static func checked(
        _ path: String?, mounted: String? = nil
    ) throws(ConfigurationError) -> ServerConfiguration {
        let surroundings = Surroundings(
            validateModel: \.problem, validateCertificate: \.problem)
        if let mounted {
            let file = mounted + "/server_config.json"
            if FileManager.default.fileExists(atPath: file) {
                return try ServerConfiguration(path: file, surroundings: surroundings)
            }
            if let found = MountedModels.configuration(of: mounted) {
                return try ServerConfiguration(
                    found.serializedBytes, file: mounted, folder: mounted,
                    surroundings: surroundings)
            }
        }
        if let path { return try ServerConfiguration(path: path, surroundings: surroundings) }
        return try ServerConfiguration(
            Array("{}".utf8), file: "no configuration", folder: mounted ?? "/",
            surroundings: surroundings)
    }

    /// Says which fields are set and not acted on.
    func logNotices(to logger: Logger) {
        for notice in notices { logger.warning("\(notice.line(in: file))") }
    }

    /// Whether `new` differs in what only a restart changes.
    func needsRestart(for new: ServerConfiguration) -> Bool {
        (host, port, threads) != (new.host, new.port, new.threads) || limits != new.limits
            || allowedHosts != new.allowedHosts || sessions != new.sessions
            || preparedWeights != new.preparedWeights || prefixCache != new.prefixCache
            || memoryLimit != new.memoryLimit || watch != new.watch
            || tls.map { ($0.host, $0.port) } ?? ("", 0)
                != new.tls.map { ($0.host, $0.port) } ?? ("", 0)
    }

    /// What the registry is to serve.
    ///
    /// - Throws: `CheckpointError` where files have gone since they were looked for.
    func specifications() throws -> [ModelRegistry<ModelConfiguration>.Specification] {
        try models.map { try $0.specification() }
    }
}

extension ServerConfiguration {
    /// How much memory models may take.
    var memoryBudget: MemoryBudget {
        MemoryBudget(limit: memoryLimit, available: MachineMemory.available)
    }

    /// Puts together where paths in calls start, and may lead.
    ///
    /// - Parameter others: folders besides those that the configuration names, absolute.
    /// - Returns: the folders.
    func callFolders(besides others: [String] = []) -> CallFolders.Folders {
        let named = models.flatMap { model in
            [model.restoreFrom, model.modelName.hasPrefix("/") ? model.modelName : nil]
        }
        let folders = [folder + "/models", folder + "/checkpoint"] + named.compactMap(\.self)
        return CallFolders.Folders(
            base: folder, allowed: AllowedFolders((modelRoots ?? folders) + others))
    }
}

extension ModelConfiguration {
    /// How the registry is to serve it.
    ///
    /// - Throws: `CheckpointError` where files have gone since they were looked for.
    func specification() throws -> ModelRegistry<ModelConfiguration>.Specification {
        ModelRegistry<ModelConfiguration>.Specification(
            key: key, folder: try folder(), form: ModelForm(weights: weights, cache: cache),
            profile: self, preload: preload, isPinned: pin, timeToLive: timeToLive)
    }
}
