import Checkpoints
import Foundation
import GPT2
import Tokenizer
import Training

/// Where a run begins: the model's size, its vocabulary, and weights to begin with.
struct Beginning {
    enum Start: Equatable {
        /// The run's own checkpoint of a step, with what the optimizer remembers if that was kept.
        case resumed(step: Int, path: String)
        /// The weights of another checkpoint, at step 0.
        case checkpoint(path: String)
        /// Random weights, at step 0.
        case random
    }

    let start: Start
    let size: Hyperparameters
    let vocabulary: ModelFolder.Vocabulary
    let tokenizer: BytePairTokenizer

    /// - Parameters:
    ///   - options: what was asked for.
    ///   - folder: of the run, prepared.
    ///   - overwrites: whether checkpoints in the way are to be deleted.
    /// - Throws: an error of the room whose file is at fault, or `TrainingError`.
    init(_ options: ModelOptions, folder: RunFolder, overwrites: Bool) throws {
        start = try Self.start(options, folder: folder, overwrites: overwrites)
        switch start {
        case .resumed(_, let path), .checkpoint(let path):
            let files = try ModelFolder.resolve(
                modelName: options.name, restoreFrom: path, modelsFolder: options.modelsFolder)
            let saved = try Hyperparameters(contentsOf: files.configuration)
            size = options.truncatesWeights ? try options.size(like: saved) : saved
            vocabulary =
                options.vocabulary.flatMap(ModelFolder.Vocabulary.init(folder:))
                ?? files.vocabulary
            tokenizer = try BytePairTokenizer.load(
                vocabulary: vocabulary.encoder, merges: vocabulary.merges)
        case .random:
            vocabulary = try options.freshVocabulary()
            tokenizer = try BytePairTokenizer.load(
                vocabulary: vocabulary.encoder, merges: vocabulary.merges)
            size = try options.freshSize(vocabularySize: tokenizer.vocabularyCount)
        }
        guard tokenizer.vocabularyCount <= size.vocabularySize else {
            throw TrainingError.unknownToken(
                vocabulary: tokenizer.vocabularyCount, model: size.vocabularySize)
        }
    }

    private static func start(
        _ options: ModelOptions, folder: RunFolder, overwrites: Bool
    ) throws -> Start {
        let newest = try CheckpointFinder.find(folder.path)
        switch options.restoreFrom {
        case "latest":
            if let newest, let step = newest.step {
                return .resumed(step: step, path: newest.path)
            }
        case "fresh":
            try makeRoom(in: folder, newest: newest?.step, overwrites: overwrites)
        default:
            guard let found = try CheckpointFinder.find(options.restoreFrom) else {
                throw CheckpointError.noCheckpoint(
                    folder: options.restoreFrom,
                    tried: [options.restoreFrom + "/model-N.safetensors"])
            }
            guard isIn(folder, found.path), let step = found.step else {
                try makeRoom(in: folder, newest: newest?.step, overwrites: overwrites)
                return .checkpoint(path: found.path)
            }
            // Back to an earlier step of this run.
            if let latest = newest?.step, latest > step {
                guard overwrites else {
                    throw TrainingError.laterCheckpoints(
                        folder: folder.path, step: step, latest: latest)
                }
                try folder.deleteCheckpoints(after: step)
            }
            return .resumed(step: step, path: found.path)
        }
        if options.isFresh { return .random }
        let model = try ModelFolder.resolve(
            modelName: options.name, modelsFolder: options.modelsFolder)
        return .checkpoint(path: try model.requireCheckpoint().path)
    }

    private static func makeRoom(in folder: RunFolder, newest: Int?, overwrites: Bool) throws {
        guard let newest else { return }
        guard overwrites else { throw TrainingError.runExists(folder: folder.path, step: newest) }
        try folder.deleteCheckpoints(after: -1)
        try folder.deleteReports()
    }

    private static func isIn(_ folder: RunFolder, _ path: String) -> Bool {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        return parent.resolvingSymlinksInPath().path
            == URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
    }

    /// The weights, read or drawn.
    ///
    /// - Parameters:
    ///   - options: how to draw them.
    ///   - seed: of what is drawn.
    /// - Returns: a model's weights of that size.
    /// - Throws: `CheckpointError`, `GPT2Error`, `ComputeError`.
    func weights(_ options: ModelOptions, seed: UInt64) throws -> Weights {
        switch start {
        case .random:
            return try Weights.untrained(size, seed: seed, scalesResiduals: options.isScaled)
        case .resumed(_, let path), .checkpoint(let path):
            let source = try openCheckpoint(path)
            return options.truncatesWeights
                ? try Weights(size, fitting: source) : try Weights(size, from: source)
        }
    }
}

extension ModelOptions {
    /// A size with the flags' numbers in it.
    func size(like size: Hyperparameters) throws -> Hyperparameters {
        try Hyperparameters(
            vocabularySize: size.vocabularySize,
            contextLength: contextLength > 0 ? contextLength : size.contextLength,
            embeddingWidth: embeddingWidth > 0 ? embeddingWidth : size.embeddingWidth,
            headCount: headCount > 0 ? headCount : size.headCount,
            layerCount: layerCount > 0 ? layerCount : size.layerCount)
    }

    /// The size of a model made from nothing: the flags', and what they leave out of the named
    /// configuration, of the named folder's, or of 124M.
    fileprivate func freshSize(vocabularySize: Int) throws -> Hyperparameters {
        let aliases = ["117M": "124M", "345M": "355M"]
        var size = Hyperparameters.named(aliases[name] ?? name)
        if size == nil {
            size = try? Hyperparameters(
                contentsOf: ModelFolder.resolve(
                    modelName: name, modelsFolder: modelsFolder
                ).configuration)
        }
        var base = try self.size(
            like: size ?? Hyperparameters.named("124M")
                ?? Hyperparameters(
                    vocabularySize: vocabularySize, contextLength: 1024, embeddingWidth: 768,
                    headCount: 12, layerCount: 12))
        base.vocabularySize = vocabularySize
        return base
    }

    /// The vocabulary of a model made from nothing.
    fileprivate func freshVocabulary() throws -> ModelFolder.Vocabulary {
        let folders =
            vocabulary.map { [$0] } ?? ["\(modelsFolder)/\(name)", name]
        if let found = folders.lazy.compactMap(ModelFolder.Vocabulary.init(folder:)).first {
            return found
        }
        throw CheckpointError.missingModelFile(
            wanted: "vocabulary",
            tried: folders.flatMap { ["\($0)/vocab.json", "\($0)/merges.txt"] })
    }
}

extension ModelFolder.Vocabulary {
    /// The vocabulary in a folder, under either pair of names.
    init?(folder: String) {
        guard let names = VocabularyFiles.found(in: folder) else { return nil }
        self.init(
            encoder: "\(folder)/\(names.vocabulary)", merges: "\(folder)/\(names.merges)")
    }
}
