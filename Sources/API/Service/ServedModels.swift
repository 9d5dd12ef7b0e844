import Checkpoints
import Serving

extension ServerConfiguration {
    /// Reads a configuration, with its models' files looked for.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong.
    static func checked(_ path: String) throws(ConfigurationError) -> ServerConfiguration {
        try ServerConfiguration(path: path, surroundings: Surroundings(validateModel: \.problem))
    }

    /// What the registry is to serve.
    ///
    /// - Throws: `CheckpointError` where files have gone since they were looked for.
    func specifications() throws -> [ModelRegistry<ModelConfiguration>.Specification] {
        try models.map { model in
            ModelRegistry<ModelConfiguration>.Specification(
                key: model.key, folder: try model.folder(), profile: model, preload: model.preload)
        }
    }
}

extension ModelConfiguration {
    func folder() throws -> ModelFolder {
        try ModelFolder.resolve(
            modelName: modelName, restoreFrom: restoreFrom, modelsFolder: modelsFolder)
    }

    /// What is wrong with the model's files; nil when they are there.
    var problem: String? {
        do {
            _ = try folder().requireCheckpoint()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
