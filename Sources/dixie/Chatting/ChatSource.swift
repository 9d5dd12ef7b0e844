import ArgumentParser
import Chat
import Checkpoints
import Compute
import Configuration
import Foundation
import JSON
import Serving
import Terminal

/// Who answers in `dixie chat`, in one of three ways: the models of a configuration, one checkpoint, or a
/// server.
struct ChatSource: ParsableArguments {
    @Option(
        name: .customLong("config_path"),
        help: ArgumentHelp(
            """
            The server's configuration, whose models, personas, names and settings are taken; \
            server_config.json by default.
            """, valueName: "file"))
    var configPath: String?

    @Option(
        help: ArgumentHelp(
            """
            Which model of the configuration, or of the server: by default chatbot, or else the \
            first.
            """, valueName: "key"))
    var model: String?

    @Option(
        name: .customLong("restore_from"),
        help: ArgumentHelp(
            "Instead of a configuration, a folder with a checkpoint, or one checkpoint.",
            valueName: "dir"))
    var checkpoint: String?

    @Option(
        name: .customLong("model_name"),
        help: ArgumentHelp(
            """
            Instead of a configuration, a folder below the models' folder, or a path; beside \
            --restore_from, where its configuration and vocabulary are if it has none (124M).
            """, valueName: "name"))
    var modelName: String?

    @Option(
        name: .customLong("models_dir"),
        help: ArgumentHelp("The folder of all models, for --model_name (models).", valueName: "dir")
    )
    var modelsFolder: String?

    @Option(
        help: ArgumentHelp(
            """
            Beside --restore_from or --model_name: the audiences the model was trained with; \
            else DIXIE_NAMES is taken.
            """, valueName: "a,b"))
    var names: String?

    @Option(
        help: ArgumentHelp(
            """
            Beside --restore_from or --model_name: chatbot (the default), chatbot-legacy (the \
            original's) or none.
            """, valueName: "rules"))
    var sanitizer: Sanitizer.Rules?

    @Option(
        help: ArgumentHelp(
            "Beside --restore_from or --model_name: how the weights are kept.", valueName: "format")
    )
    var weights: WeightFormat?

    @Flag(
        name: .customLong("no_cache"),
        help: "Neither look for prepared weights beside the checkpoint nor put any there.")
    var usesNoCache = false

    @Option(
        help: ArgumentHelp(
            "Instead of a configuration, a server, such as http://127.0.0.1:12345.",
            valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("key_env"),
        help: ArgumentHelp(
            """
            Beside --url: the environment variable with the server's key \
            (\(ServerKey.usualVariable)).
            """, valueName: "name"))
    var keyVariable: String?

    var isCheckpoint: Bool { checkpoint != nil || modelName != nil }

    func validate() throws {
        for (path, name) in [
            (configPath, "config_path"), (checkpoint, "restore_from"), (modelName, "model_name"),
            (modelsFolder, "models_dir"),
        ] { try requireText(path, of: name) }
        guard [configPath != nil, isCheckpoint, url != nil].filter(\.self).count <= 1 else {
            throw ValidationError(
                "--config_path, --restore_from (or --model_name) and --url each say who answers; "
                    + "give one of them.")
        }
        for (isGiven, name) in [
            (names != nil, "names"), (sanitizer != nil, "sanitizer"), (weights != nil, "weights"),
            (modelsFolder != nil, "models_dir"),
        ] where isGiven && !isCheckpoint {
            throw ValidationError("--\(name) goes with --restore_from or --model_name only.")
        }
        guard model == nil || !isCheckpoint else {
            throw ValidationError("--model goes with a configuration or --url, not a checkpoint.")
        }
        guard keyVariable == nil || url != nil else {
            throw ValidationError("--key_env goes with --url only.")
        }
        if let names, !Sanitizer.names(in: names).allSatisfy(Turn.isAudience) {
            throw ValidationError(
                "--names is a list such as mom,dad; each is 1 to 64 bytes, without \"|\" and line "
                    + "breaks.")
        }
        if url != nil { _ = try address() }
    }

    /// Who answers.
    ///
    /// - Parameter audience: whom a checkpoint's model talks with; nil for the first of its names.
    /// - Returns: them, without a model loaded yet.
    /// - Throws: `ConfigurationError`, `ClientError` or `ChatMistake`.
    func partner(audience: String?) throws -> any ChatPartner {
        if url != nil { return try server() }
        let configuration =
            isCheckpoint
            ? try LocalConfiguration.ofCheckpoint(self, audience: audience)
            : try LocalConfiguration.read(configPath)
        let place: PreparedWeightsPlace = usesNoCache ? .nowhere : configuration.preparedWeights
        return LocalPartner(
            configuration.models.map { profile in
                LocalModel(profile: profile) {
                    guard isCheckpoint else { return try profile.folder() }
                    return try ModelFolder.resolve(
                        modelName: modelName ?? "124M", restoreFrom: checkpoint,
                        modelsFolder: modelsFolder ?? "models")
                }
            },
            loader: ModelLoader(place, note: warn), threads: configuration.threads,
            prefixCache: configuration.prefixCache)
    }

    private func server() throws -> ServerPartner {
        let address = try address()
        let variable = keyVariable ?? ServerKey.usualVariable
        let key = try ServerKey(from: variable)
        if keyVariable != nil, key == nil {
            throw ChatMistake("--key_env names \(variable), which is not set; set it to the key")
        }
        if key != nil, !address.isThisMachine {
            warn("the key in \(variable) goes to \(address.host) unencrypted")
        }
        return try ServerPartner(address, key: key, from: variable)
    }

    private func address() throws -> ServerAddress {
        guard let address = url.flatMap(ServerAddress.init) else {
            throw ValidationError(
                "--url must be http://HOST:PORT, such as http://127.0.0.1:12345.")
        }
        return address
    }
}
