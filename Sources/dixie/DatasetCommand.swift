import ArgumentParser
import Datasets
import Foundation
import GPT2
import Terminal
import Tokenizer

/// `dixie dataset`: what is done to training text itself.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset",
        abstract: "Look after training text.",
        subcommands: [DatasetCheck.self]
    )
}

/// `dixie dataset check`: what is wrong with a chat log, before a model learns it.
struct DatasetCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is in a chat log, and which of its lines are not messages.",
        discussion: """
            Every line should be side|audience|text <EOM>. Ends with 1 when one is not. No message \
            is printed.
            """
    )

    @Argument(help: "The chat log.")
    var file: String

    @OptionGroup var options: TokenizerOptions

    @Option(
        name: .customLong("n_ctx"), parsing: .unconditional,
        help: "Tokens in a window. By default as many as the model has, else 1024.")
    var contextLength: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let contextLength, !(1...1_000_000).contains(contextLength) {
            throw ValidationError("--n_ctx is \(contextLength); it must be from 1 to 1000000.")
        }
    }

    func run() throws {
        let bytes = try TextInput.read(file, limit: TextFiles.byteLimit)
        var report = try DatasetInspector.inspect(bytes, path: file)
        // Only a vocabulary that was asked for has to be there.
        let folder = options.vocabularyFolder
        if folder != nil || options.modelName != TokenizerOptions.defaultModelName {
            let tokens = try options.tokenizer().encode(bytes)
            report.tokens = DatasetReport.Tokens(
                count: tokens.count,
                contextLength: try contextLength ?? folder.flatMap(Self.window) ?? 1024)
        }
        try writeOut((json ? report.json : report.text(file)) + "\n")
        guard report.faults.isEmpty else { throw ExitCode.failure }
    }

    /// How many tokens the model of a folder sees; nil where it has no configuration.
    private static func window(of folder: String) throws -> Int? {
        let configuration = ["hparams.json", "config.json"]
            .map { URL(fileURLWithPath: folder).appendingPathComponent($0).path }
            .first(where: FileManager.default.fileExists(atPath:))
        return try configuration.map { try Hyperparameters(contentsOf: $0).contextLength }
    }
}
