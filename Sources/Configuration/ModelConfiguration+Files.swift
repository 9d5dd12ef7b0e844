import Checkpoints

extension ModelConfiguration {
    /// The model's files.
    ///
    /// - Throws: `CheckpointError` naming every path that was tried.
    public func folder() throws -> ModelFolder {
        try ModelFolder.resolve(
            modelName: modelName, restoreFrom: restoreFrom, modelsFolder: modelsFolder)
    }

    /// What is wrong with the model's files; nil when they are there.
    public var problem: String? {
        do {
            _ = try folder().requireCheckpoint()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
