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
    /// What is in the way: checkpoints of the run after this step, which are to be deleted once it
    /// is known that the new ones can be made.
    let deletesAfter: Int?
    let size: Hyperparameters
    let vocabulary: ModelFolder.Vocabulary
    let tokenizer: BytePairTokenizer

    /// - Parameters:
    ///   - options: what was asked for.
    ///   - folder: of the run, prepared.
    ///   - overwrites: whether checkpoints in the way may be deleted.
    /// - Throws: an error of the room whose file is at fault, or `TrainingError`.
    init(_ options: ModelOptions, folder: RunFolder, overwrites: Bool) throws {
        (start, deletesAfter) = try Self.start(options, folder: folder, overwrites: overwrites)
        switch start {
        case .resumed(_, let path), .checkpoint(let path):
            let files = try ModelFolder.resolve(
                modelName: options.name, restoreFrom: path, modelsFolder: options.modelsFolder)
            let saved = try Hyperparameters(contentsOf: files.configuration)
            size = options.truncatesWeights ? try options.size(like: saved) : saved
            vocabulary = try options.vocabulary.map(Self.vocabulary) ?? files.vocabulary
            if case .resumed = start {
                try options.requireSize(saved, of: folder)
                guard try vocabulary.isSame(as: files.vocabulary) else {
                    throw TrainingError.otherVocabulary(
                        folder: folder.path, wanted: options.vocabulary ?? vocabulary.encoder)
                }
            }
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

    /// Whether it goes on with a run.
    var isResumed: Bool { if case .resumed = start { true } else { false } }

    private static func start(
        _ options: ModelOptions, folder: RunFolder, overwrites: Bool
    ) throws -> (Start, deletesAfter: Int?) {
        var deletesAfter: Int?
        let newest = try CheckpointFinder.find(folder.path)
        switch options.restoreFrom {
        case "latest":
            if let newest, let step = newest.step, step <= TrainingState.highestCount {
                return (.resumed(step: step, path: newest.path), nil)
            }
            // A model that somebody put there.
            if let newest { return (.checkpoint(path: newest.path), nil) }
        case "fresh":
            deletesAfter = try room(in: folder, newest: newest?.step, overwrites: overwrites)
        default:
            guard let found = try CheckpointFinder.find(options.restoreFrom) else {
                throw CheckpointError.noCheckpoint(
                    folder: options.restoreFrom,
                    tried: [options.restoreFrom + "/model-N.safetensors"])
            }
            guard isIn(folder, found.path), let step = found.step else {
                deletesAfter = try room(in: folder, newest: newest?.step, overwrites: overwrites)
                return (.checkpoint(path: found.path), deletesAfter)
            }
            // Back to an earlier step of this run.
            if let latest = newest?.step, latest > step {
                guard overwrites else {
                    throw TrainingError.laterCheckpoints(
                        folder: folder.path, step: step, latest: latest)
                }
                try folder.requireNoForeignCheckpoint(after: step)
                deletesAfter = step
            }
            return (.resumed(step: step, path: found.path), deletesAfter)
        }
        if options.isFresh { return (.random, deletesAfter) }
        let model = try ModelFolder.resolve(
            modelName: options.name, modelsFolder: options.modelsFolder)
        return (.checkpoint(path: try model.requireCheckpoint().path), deletesAfter)
    }

    /// Where a run is in the way of a new one: the step after which to delete.
    private static func room(
        in folder: RunFolder, newest: Int?, overwrites: Bool
    ) throws -> Int? {
        guard let newest else { return nil }
        guard overwrites else { throw TrainingError.runExists(folder: folder.path, step: newest) }
        try folder.requireNoForeignCheckpoint(after: -1)
        return -1
    }

    /// Deletes what is in the way. The last thing before the first step.
    ///
    /// - Throws: `TrainingError`.
    func makeRoom(in folder: RunFolder) throws {
        guard let deletesAfter else { return }
        try folder.deleteCheckpoints(after: deletesAfter)
        if deletesAfter < 0 { try folder.deleteReports() }
    }

    /// The vocabulary that was asked for.
    private static func vocabulary(in folder: String) throws -> ModelFolder.Vocabulary {
        if let found = ModelFolder.Vocabulary(folder: folder) { return found }
        throw CheckpointError.missingModelFile(
            wanted: "vocabulary", tried: ["\(folder)/vocab.json", "\(folder)/merges.txt"])
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
            guard options.truncatesWeights else { return try Weights(size, from: source) }
            let weights = try Weights.untrained(size, seed: seed, scalesResiduals: false)
            try weights.fit(source)
            return weights
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

    /// Sees to it that a run that goes on has the sizes that were asked for.
    fileprivate func requireSize(_ size: Hyperparameters, of folder: RunFolder) throws {
        guard !truncatesWeights else { return }
        let sizes = [
            ("n_ctx", contextLength, size.contextLength),
            ("n_embd", embeddingWidth, size.embeddingWidth),
            ("n_head", headCount, size.headCount), ("n_layer", layerCount, size.layerCount),
        ]
        for (flag, wanted, saved) in sizes where wanted != -1 && wanted != saved {
            throw TrainingError.otherSize(
                folder: folder.path, flag: flag, wanted: wanted, saved: saved)
        }
    }

    /// The size of a model made from nothing: the flags', and what they leave out of the named
    /// configuration, of the named folder's, or of 124M.
    fileprivate func freshSize(vocabularySize: Int) throws -> Hyperparameters {
        var size = Hyperparameters.named(presentName)
        if size == nil {
            size = try Hyperparameters(
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

    /// What the model is called now, where it was called otherwise in 2019.
    private var presentName: String { ["117M": "124M", "345M": "355M"][name] ?? name }

    /// The vocabulary of a model made from nothing.
    fileprivate func freshVocabulary() throws -> ModelFolder.Vocabulary {
        let folders =
            vocabulary.map { [$0] }
            ?? ["\(modelsFolder)/\(presentName)", "\(modelsFolder)/\(name)", name]
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

    /// Whether the other one's files hold the same.
    ///
    /// - Throws: Foundation's error where one cannot be read.
    fileprivate func isSame(as other: Self) throws -> Bool {
        guard self != other else { return true }
        return try [(encoder, other.encoder), (merges, other.merges)].allSatisfy { mine, theirs in
            try Data(contentsOf: URL(fileURLWithPath: mine))
                == Data(contentsOf: URL(fileURLWithPath: theirs))
        }
    }
}
