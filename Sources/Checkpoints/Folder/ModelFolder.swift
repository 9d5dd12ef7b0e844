/// The files of one model: its configuration, its vocabulary, its checkpoint.
///
/// They may lie in two folders: a fine-tuned run's, which is looked at first, and the folder of
/// the model it began as.
public struct ModelFolder: Sendable, Equatable {
    /// The two files of a byte-level BPE vocabulary, always from the same folder.
    public struct Vocabulary: Sendable, Equatable {
        /// Tokens and their ids, in JSON: `encoder.json` or `vocab.json`.
        public let encoder: String
        /// Merges in their order: `vocab.bpe` or `merges.txt`.
        public let merges: String

        public init(encoder: String, merges: String) {
            self.encoder = encoder
            self.merges = merges
        }
    }

    /// OpenAI's `hparams.json` or Hugging Face's `config.json`.
    public let configuration: String
    public let vocabulary: Vocabulary
    /// Nil for a model without weights yet; `requireCheckpoint` makes that an error.
    public let checkpoint: CheckpointFile?
    /// Where checkpoints were looked for: the run's folder or, without one, the model's.
    public let checkpointFolder: String
    /// Whether one checkpoint was asked for, and not the newest of the folder.
    public let isOneCheckpoint: Bool

    /// Finds a model's files.
    ///
    /// - Parameters:
    ///   - modelName: a name below `modelsFolder` or a path; `117M` and `345M` are the names
    ///     124M and 355M first went by. Nil where the run's folder holds everything.
    ///   - restoreFrom: a folder with a checkpoint, or one checkpoint, with or without suffix.
    ///     Nil for the model's own.
    ///   - modelsFolder: where models live.
    ///   - base: the folder that relative paths start at.
    /// - Returns: the files; that they exist is known, what is in them is not.
    /// - Throws: `CheckpointError` naming every path that was tried.
    public static func resolve(
        modelName: String?, restoreFrom: String? = nil, modelsFolder: String = "models",
        relativeTo base: String = "."
    ) throws -> ModelFolder {
        let models = modelName.map { candidates(for: $0, in: modelsFolder, base: base) } ?? []
        let model = models.first { Path.kind($0) == .folder }
        let checkpoint: CheckpointFile?
        let folder: String
        var isOneCheckpoint = false
        if let restoreFrom {
            let path = Path.join(base, restoreFrom)
            checkpoint = try CheckpointFinder.find(path)
            isOneCheckpoint = Path.kind(path) != .folder
            folder = isOneCheckpoint ? Path.folder(of: path) : path
        } else if let model {
            checkpoint = try CheckpointFinder.find(model)
            folder = model
        } else {
            throw CheckpointError.missingModelFile(wanted: "folder", tried: models)
        }

        // A folder that is not there still belongs in the list of what was tried.
        let places = [folder] + [model ?? models.first].compactMap { $0 }.filter { $0 != folder }
        return ModelFolder(
            configuration: try configuration(in: places), vocabulary: try vocabulary(in: places),
            checkpoint: checkpoint, checkpointFolder: folder, isOneCheckpoint: isOneCheckpoint)
    }

    /// The same model with the checkpoint that is the newest now: a run that is being trained saves
    /// new ones and deletes old ones.
    ///
    /// - Returns: itself, where one checkpoint was asked for.
    /// - Throws: `CheckpointError`.
    public func withNewestCheckpoint() throws -> ModelFolder {
        guard !isOneCheckpoint else { return self }
        return ModelFolder(
            configuration: configuration, vocabulary: vocabulary,
            checkpoint: try CheckpointFinder.find(checkpointFolder),
            checkpointFolder: checkpointFolder, isOneCheckpoint: false)
    }

    /// The checkpoint.
    ///
    /// - Returns: the one that was found.
    /// - Throws: `CheckpointError.noCheckpoint`, naming what was looked for.
    public func requireCheckpoint() throws -> CheckpointFile {
        guard let checkpoint else {
            throw CheckpointError.noCheckpoint(
                folder: checkpointFolder, tried: CheckpointFinder.patterns(in: checkpointFolder))
        }
        return checkpoint
    }

    private static let aliases = ["117M": "124M", "345M": "355M"]

    private static func candidates(
        for name: String, in modelsFolder: String, base: String
    ) -> [String] {
        let names = [aliases[name], name].compactMap { $0 }
        let models = Path.join(base, modelsFolder)
        return names.map { Path.join(models, $0) }
            + (name.hasPrefix("/") ? [] : [Path.join(base, name)])
    }

    private static func configuration(in folders: [String]) throws -> String {
        let tried = folders.flatMap { folder in
            ["hparams.json", "config.json"].map { Path.join(folder, $0) }
        }
        guard let found = tried.first(where: isFile) else {
            throw CheckpointError.missingModelFile(wanted: "configuration", tried: tried)
        }
        return found
    }

    private static func vocabulary(in folders: [String]) throws -> Vocabulary {
        let tried = folders.flatMap { folder in
            [("encoder.json", "vocab.bpe"), ("vocab.json", "merges.txt")].map { encoder, merges in
                Vocabulary(
                    encoder: Path.join(folder, encoder), merges: Path.join(folder, merges))
            }
        }
        guard let found = tried.first(where: { isFile($0.encoder) && isFile($0.merges) }) else {
            throw CheckpointError.missingModelFile(
                wanted: "vocabulary", tried: tried.flatMap { [$0.encoder, $0.merges] })
        }
        return found
    }

    private static func isFile(_ path: String) -> Bool {
        if case .file = Path.kind(path) { true } else { false }
    }
}
