import ArgumentParser
import Checkpoints
import Terminal
import Tokenizer

/// `dixie encode`: text to an `.npz` of token ids, so that training need not encode it again.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Encode text to token ids in an .npz file.",
        discussion: """
            Each chunk of text becomes one array of 64-bit ids: arr_0, arr_1 and so on. Texts \
            shorter than --combine characters are joined, with <|endoftext|> spelled out after \
            each. Arrays of an .npz file among the texts are taken as they are. With --shards, \
            each text is a document of its own in a folder of nanoGPT's token shards.
            """
    )

    @Argument(help: "A text file in UTF-8, a folder of them, or a pattern such as 'texts/*.txt'.")
    var `in`: String

    @Argument(
        help: "The .npz file to write; one that is there is replaced. With --shards, a folder.")
    var out: String

    @OptionGroup var options: TokenizerOptions

    @Option(
        parsing: .unconditional, help: "Join short texts until a chunk has this many characters.")
    var combine = 50_000

    @OptionGroup var shards: ShardOptions

    func validate() throws {
        guard combine >= 0 else {
            throw ValidationError("--combine is \(combine); it must be 0 or more.")
        }
    }

    func run() throws {
        if shards.shards {
            try shards.encode(`in`, to: out, tokenizer: try options.tokenizer())
        } else {
            try writeArrays()
        }
    }

    private func writeArrays() throws {
        // numpy.savez adds the suffix where it is missing.
        let destination = out.hasSuffix(".npz") ? out : out + ".npz"
        try requireWritable(destination)
        let tokenizer = try options.tokenizer()
        let texts = try TextFiles.matching(`in`)
        var combiner = TextCombiner(combine: combine)
        var chunks: [NPYArray] = []
        func encode(_ text: String) {
            chunks.append(NPYArray(.int64(tokenizer.encode(text).map(Int64.init))))
        }
        var bar = ProgressBar("encoding")
        for (index, path) in texts.enumerated() {
            if path.hasSuffix(".npz") {
                let tokens = try TokenizerArrays.read(
                    path, vocabularyCount: tokenizer.vocabularyCount)
                chunks += tokens.map { NPYArray(.int64($0.map(Int64.init))) }
            } else if let text = combiner.add(try TextFiles.read(path)) {
                encode(text)
            }
            bar.update(index + 1, of: texts.count)
        }
        if let text = combiner.finish() { encode(text) }
        bar.finish()
        let arrays = chunks.enumerated().map { (name: "arr_\($0.offset)", array: $0.element) }
        try NPZWriter.write(arrays, to: destination, compressed: true)
    }
}
