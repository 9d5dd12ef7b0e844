import ArgumentParser
import Checkpoints
import Terminal
import Tokenizer

/// `dixie tokenizer train`: learns a vocabulary from text.
struct TokenizerTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn a small vocabulary from text.",
        discussion: """
            The vocabulary is the 256 bytes, the pairs that occur most often, and <|endoftext|>. \
            It is written as encoder.json and vocab.bpe, the same for the same texts everywhere.
            """
    )

    @Argument(help: "Text files in UTF-8, folders of them, or patterns such as 'texts/*.txt'.")
    var `in`: [String]

    @Option(
        name: .customLong("vocabulary_size"), parsing: .unconditional,
        help: "How many tokens to learn, 257 or more.")
    var vocabularySize: Int

    @Option(name: .customLong("destination_path"), help: "The folder to write the files to.")
    var destinationPath: String

    @Flag(
        name: .customLong("hugging_face"),
        help: "Name the files vocab.json and merges.txt, as Hugging Face does.")
    var huggingFace = false

    func validate() throws { try requireText(destinationPath, of: "destination_path") }

    func run() throws {
        var trainer = try BytePairTrainer(vocabularySize: vocabularySize)
        for path in try `in`.flatMap(TextFiles.matching) { trainer.add(try TextFiles.read(path)) }
        var bar = ProgressBar("learning")
        let bytes = BytePairTrainer.allowedSizes.lowerBound
        let vocabulary = try trainer.train { count, wanted in
            bar.update(count - bytes, of: wanted - bytes, note: "\(count) tokens")
        }
        bar.finish()
        // What killed runs left there.
        _ = try? AtomicFile.sweep(destinationPath)
        try vocabulary.write(to: destinationPath, as: huggingFace ? .huggingFace : .openAI)
    }
}
