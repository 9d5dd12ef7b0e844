import ArgumentParser
import Checkpoints
import Compute
import GPT2
import Serving
import Terminal
import Tokenizer

/// Which model, as every tool that runs one is told.
struct ModelArguments: ParsableArguments {
    @Option(
        name: .customLong("restore_from"),
        help: ArgumentHelp(
            "A folder with a checkpoint, or one checkpoint. Left out, the model's own.",
            valueName: "dir"))
    var checkpoint: String?

    @Option(
        name: .customLong("model_name"),
        help: ArgumentHelp(
            """
            A folder below the models' folder, or a path. Configuration and vocabulary come from \
            it where --restore_from has none.
            """, valueName: "name"))
    var name = "124M"

    @Option(
        name: .customLong("models_dir"),
        help: ArgumentHelp("The folder of all models.", valueName: "dir"))
    var modelsFolder = "models"

    @Option(name: .customLong("weights"), help: "How the weights are kept.")
    var format = WeightFormat.f32

    @Flag(
        name: .customLong("no_cache"),
        help: ArgumentHelp(
            """
            Neither look for prepared weights beside the checkpoint nor put any there: files \
            that end in .packed and make the next start faster.
            """))
    var usesNoCache = false

    @Option(parsing: .unconditional, help: "Threads that do the arithmetic; 0 is one a core.")
    var threads = 0

    func validate() throws {
        try requireText(checkpoint, of: "restore_from")
        try requireText(name, of: "model_name")
        try requireText(modelsFolder, of: "models_dir")
        guard (0...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads); it must be from 0 to 1024.")
        }
    }

    /// The model's files.
    func folder() throws -> ModelFolder {
        try ModelFolder.resolve(
            modelName: name, restoreFrom: checkpoint, modelsFolder: modelsFolder)
    }

    /// The model and its tokenizer. Without a checkpoint it is one that has learned nothing, and a
    /// line on standard error says so.
    ///
    /// - Parameters:
    ///   - seed: of the weights of such a model.
    ///   - wanted: how the weights are kept; as was asked for where it is left out.
    /// - Returns: both, of one vocabulary.
    /// - Throws: `CheckpointError`, `GPT2Error` or `TokenizerError`.
    func load(
        untrainedSeed seed: UInt64, format wanted: WeightFormat? = nil
    ) throws -> (Model, BytePairTokenizer) {
        let format = wanted ?? self.format
        let folder = try folder()
        guard folder.checkpoint != nil else {
            let parts = try ModelParts(folder)
            warn(
                "there is no checkpoint in \(folder.checkpointFolder), so this is an untrained "
                    + "model and its text is noise")
            let weights = try Weights.untrained(parts.hyperparameters, seed: seed)
            return (try Model(weights, format: format), parts.tokenizer)
        }
        let version = try loader.load(folder, form: ModelForm(weights: format))
        return (version.model, version.tokenizer)
    }

    /// Loads as servers do, prepared weights included.
    var loader: ModelLoader {
        ModelLoader(usesNoCache ? .nowhere : .besideCheckpoint, note: warn)
    }
}

extension WeightFormat: ExpressibleByArgument {}
extension CacheFormat: ExpressibleByArgument {}

/// Says on standard error what a person should know and no program need read.
@Sendable func warn(_ sentence: String) {
    writeError("dixie: \(sentence)\n")
}
