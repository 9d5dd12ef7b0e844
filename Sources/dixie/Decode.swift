import ArgumentParser
import Checkpoints
import Terminal
import Tokenizer

/// `dixie decode`: the text of an `.npz` of token ids.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Print the text of token ids in an .npz file.",
        discussion: """
            The arrays' texts follow each other with nothing between. Bytes that are not valid \
            UTF-8 are printed as U+FFFD.
            """
    )

    @Argument(help: "An .npz file of token ids, as dixie encode writes it.")
    var `in`: String

    @OptionGroup var options: TokenizerOptions

    func run() throws {
        let tokenizer = try options.tokenizer()
        for tokens in try TokenizerArrays.read(`in`, vocabularyCount: tokenizer.vocabularyCount) {
            try writeOut(try tokenizer.decodeText(tokens))
        }
    }
}
