import ArgumentParser
import Foundation
import Tokenizer

/// Which model's vocabulary a command uses.
struct TokenizerOptions: ParsableArguments {
    static let defaultModelName = "124M"

    @Option(
        name: .customLong("model_name"),
        help: "A model's name below the models folder, or the path of its folder.")
    var modelName = Self.defaultModelName

    @Option(name: .customLong("models_dir"), help: "The folder that models are in.")
    var modelsDir = "models"

    func validate() throws {
        try requireText(modelName, of: "model_name")
        try requireText(modelsDir, of: "models_dir")
    }

    /// What two models were called before their parameters were counted again.
    private static let aliases = ["117M": "124M", "345M": "355M"]

    /// The model's tokenizer.
    ///
    /// - Throws: `ValidationError` when there is no such model, `TokenizerError` when its
    ///   vocabulary cannot be used.
    func tokenizer() throws -> BytePairTokenizer {
        guard let found = vocabularyFolder else {
            throw NoVocabulary(name: names.first ?? modelName, places: places)
        }
        return try BytePairTokenizer.load(folder: found)
    }

    /// Where the model's vocabulary is; nil where there is none.
    var vocabularyFolder: String? {
        places.first { VocabularyFiles.found(in: $0) != nil }
    }

    private var names: [String] { [Self.aliases[modelName], modelName].compactMap(\.self) }

    private var places: [String] { names.map { folder($0, in: modelsDir) } + [modelName] }

    private func folder(_ name: String, in parent: String) -> String {
        URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: parent, isDirectory: true)).path
    }
}

/// There is no vocabulary where one was asked for.
private struct NoVocabulary: Error, CustomStringConvertible {
    let name: String
    let places: [String]

    var description: String {
        "there is no vocabulary in \(places.joined(separator: " or ")); run `dixie download "
            + "\(name)`, or name a folder with encoder.json and vocab.bpe with --model_name"
    }
}
