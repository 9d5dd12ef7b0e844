import Checkpoints
import GPT2
import Tokenizer

/// What a model's folder says about the model before its weights are read.
public struct ModelParts: Sendable {
    public let hyperparameters: Hyperparameters
    public let tokenizer: BytePairTokenizer

    /// - Throws: `GPT2Error` or `TokenizerError`; the vocabulary may not have more tokens than the
    ///   model knows.
    public init(_ folder: ModelFolder) throws {
        try self.init(
            folder, Hyperparameters(contentsOf: folder.configuration),
            BytePairTokenizer(VocabularyBytes(folder.vocabulary)))
    }

    init(
        _ folder: ModelFolder, _ hyperparameters: Hyperparameters, _ tokenizer: BytePairTokenizer
    ) throws {
        guard tokenizer.vocabularyCount <= hyperparameters.vocabularySize else {
            throw GPT2Error.unreadableConfiguration(
                path: folder.configuration,
                reason: "it says \(hyperparameters.vocabularySize) tokens, "
                    + "but \(folder.vocabulary.encoder) has \(tokenizer.vocabularyCount)")
        }
        self.hyperparameters = hyperparameters
        self.tokenizer = tokenizer
    }
}

extension VocabularyBytes {
    /// Reads a model's vocabulary.
    ///
    /// - Throws: `TokenizerError` naming the file.
    init(_ files: ModelFolder.Vocabulary) throws {
        try self.init(vocabulary: files.encoder, merges: files.merges)
    }
}
