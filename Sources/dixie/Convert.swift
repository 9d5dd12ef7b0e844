import ArgumentParser
import Checkpoints
import Foundation
import GPT2
import Serving
import Terminal
import Tokenizer

/// `dixie convert`: a checkpoint of any kind into a folder that Hugging Face's libraries open.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Make a Hugging Face folder of a checkpoint.",
        discussion: """
            Reads safetensors, TensorFlow's bundles, HDF5 and npz; writes model.safetensors, \
            config.json and the vocabulary. What was written is loaded again and compared before \
            the command says that it is done.
            """
    )

    @Argument(help: "A folder with a checkpoint, or one checkpoint.")
    var `in`: String

    @Argument(help: "The folder to write; it is made where there is none.")
    var out: String

    @Option(
        name: .customLong("model_name"),
        help: ArgumentHelp(
            """
            Where configuration and vocabulary come from if IN has none: a folder below the \
            models' folder, or a path.
            """, valueName: "name"))
    var name = "124M"

    @Option(
        name: .customLong("models_dir"),
        help: ArgumentHelp("The folder of all models.", valueName: "dir"))
    var modelsFolder = "models"

    @Flag(help: "Replace files that are there already.")
    var force = false

    func validate() throws {
        for (option, path) in [
            ("model_name", name), ("models_dir", modelsFolder),
        ] {
            try requireText(path, of: option)
        }
        guard !`in`.isEmpty, !out.isEmpty else {
            throw ValidationError("A path is empty; name a checkpoint and a folder.")
        }
    }

    func run() throws {
        let folder = try ModelFolder.resolve(
            modelName: name, restoreFrom: `in`, modelsFolder: modelsFolder)
        let target = HuggingFaceTarget(folder: out)
        try target.requireFree(force: force, source: folder)
        let (identity, parameterCount) = try write(folder, to: target)
        let written = try ModelLoader(.nowhere).load(
            try ModelFolder.resolve(modelName: nil, restoreFrom: target.weights))
        guard written.name == identity else {
            throw NotTheSame(path: target.weights, was: identity, now: written.name)
        }
        try writeOut(
            "\(out) is ready: \(parameterCount) parameters, model version \(identity), the same "
                + "as \(folder.checkpoint?.path ?? `in`)\n")
    }

    /// Writes all files. The model is let go before what was written is loaded, so that memory
    /// holds one of them at a time.
    private func write(
        _ folder: ModelFolder, to target: HuggingFaceTarget
    ) throws -> (identity: String, parameterCount: Int) {
        let parts = try ModelParts(folder)
        let weights = try Weights(
            parts.hyperparameters, from: openCheckpoint(folder.requireCheckpoint().path))
        try target.write(weights, endOfText: parts.tokenizer.endOfText, folder.vocabulary)
        return (try weights.versionName(), weights.table.parameterCount)
    }
}

/// What was written is not what was read: the disk, or this program, is at fault.
private struct NotTheSame: Error, CustomStringConvertible {
    let path: String
    let was: String
    let now: String

    var description: String {
        "\(path) holds other weights than were read (\(now), not \(was)); do not use it, and check "
            + "the disk"
    }
}
