import Checkpoints
import GPT2
import Tokenizer

extension ModelVersion {
    /// Loads the model that a folder holds.
    ///
    /// - Parameters:
    ///   - folder: with a checkpoint.
    ///   - form: how the model is to be kept.
    /// - Throws: `CheckpointError`, `GPT2Error` or `TokenizerError`, whose descriptions name the
    ///   file and the remedy.
    public convenience init(_ folder: ModelFolder, form: ModelForm = ModelForm()) throws {
        let checkpoint = try folder.requireCheckpoint()
        let parts = try ModelParts(folder)
        let source = try openCheckpoint(checkpoint.path)
        try self.init(
            Weights(parts.hyperparameters, from: source), form: form, tokenizer: parts.tokenizer,
            path: checkpoint.path)
    }
}

/// What a model's folder says about the model before its weights are read.
public struct ModelParts: Sendable {
    public let hyperparameters: Hyperparameters
    public let tokenizer: BytePairTokenizer

    /// - Throws: `GPT2Error` or `TokenizerError`; the vocabulary may not have more tokens than the
    ///   model knows.
    public init(_ folder: ModelFolder) throws {
        hyperparameters = try Hyperparameters(contentsOf: folder.configuration)
        tokenizer = try BytePairTokenizer.load(
            vocabulary: folder.vocabulary.encoder, merges: folder.vocabulary.merges)
        guard tokenizer.vocabularyCount <= hyperparameters.vocabularySize else {
            throw GPT2Error.unreadableConfiguration(
                path: folder.configuration,
                reason: "it says \(hyperparameters.vocabularySize) tokens, "
                    + "but \(folder.vocabulary.encoder) has \(tokenizer.vocabularyCount)")
        }
    }
}
