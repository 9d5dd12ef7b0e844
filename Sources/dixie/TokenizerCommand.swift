import ArgumentParser

/// `dixie tokenizer`: what is done to vocabularies themselves.
struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Make vocabularies.",
        subcommands: [TokenizerTrain.self]
    )
}
