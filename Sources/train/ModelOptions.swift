import ArgumentParser
import GPT2

/// Which model a run begins with. Names and defaults are the original's where it had them.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .customLong("model_name"),
        help: ArgumentHelp(
            """
            The model to begin with, a folder below the models' folder or a path. With \
            --fresh_model, whose size and vocabulary to take.
            """, valueName: "name"))
    var name = "124M"

    @Option(
        name: .customLong("models_dir"),
        help: ArgumentHelp("The folder of all models.", valueName: "dir"))
    var modelsFolder = "models"

    @Option(
        name: .customLong("restore_from"),
        help: ArgumentHelp(
            """
            "latest" goes on with the run, or begins it; "fresh" begins with the model again; or a \
            folder or checkpoint to begin with.
            """, valueName: "latest|fresh|path"))
    var restoreFrom = "latest"

    @Flag(name: .customLong("fresh_model"), help: "Begin with random weights.")
    var isFresh = false

    @Option(
        name: .customLong("vocabulary"),
        help: ArgumentHelp(
            "A folder with the vocabulary's two files, where it is not the model's.",
            valueName: "dir"))
    var vocabulary: String?

    @Option(
        name: .customLong("n_ctx"), parsing: .unconditional,
        help: "The window of a fresh model; -1 is the named model's.")
    var contextLength = -1

    @Option(
        name: .customLong("n_embd"), parsing: .unconditional,
        help: "The width of a fresh model; -1 is the named model's.")
    var embeddingWidth = -1

    @Option(
        name: .customLong("n_head"), parsing: .unconditional,
        help: "The heads of a fresh model; -1 is the named model's.")
    var headCount = -1

    @Option(
        name: .customLong("n_layer"), parsing: .unconditional,
        help: "The layers of a fresh model; -1 is the named model's.")
    var layerCount = -1

    @Flag(
        name: .customLong("scaled_init"),
        help: "Draw what adds to the residual stream smaller by 1/√(2 · layers) in a fresh model.")
    var isScaled = false

    @Flag(
        name: .customLong("truncate_weights"),
        help: "Cut or repeat tensors of another size until they fit.")
    var truncatesWeights = false

    func validate() throws {
        let sizes = [
            ("n_ctx", contextLength), ("n_embd", embeddingWidth), ("n_head", headCount),
            ("n_layer", layerCount),
        ]
        for (flag, size) in sizes where size != -1 {
            guard size > 0 else {
                throw ValidationError("--\(flag) is \(size); it must be 1 or more.")
            }
            guard isFresh || truncatesWeights else {
                throw ValidationError(
                    "--\(flag) is for a model made with --fresh_model; others have their sizes.")
            }
        }
        guard !isFresh || ["latest", "fresh"].contains(restoreFrom) else {
            throw ValidationError(
                "--fresh_model begins with random weights and --restore_from with saved ones; "
                    + "give one of them.")
        }
        guard !name.isEmpty, !restoreFrom.isEmpty else {
            throw ValidationError("--model_name and --restore_from must name something.")
        }
    }
}
