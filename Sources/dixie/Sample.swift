import ArgumentParser
import Compute
import Foundation
import GPT2
import Serving
import Terminal
import Tokenizer

/// `dixie sample`: text from a model.
struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Print text that a model goes on with.",
        discussion: """
            Without a prompt the text starts afresh. Past the model's window the later half of it \
            is kept and the text goes on.
            """
    )

    @OptionGroup var model: ModelArguments
    @OptionGroup var sampling: SamplingArguments
    @OptionGroup var output: SampleOutput

    @Option(
        name: [.customShort("p"), .customLong("prompt")], parsing: .unconditional,
        help: ArgumentHelp(
            "What to go on from: a text, or the name of a file with one.",
            valueName: "prompt|file"))
    var prompt: String?

    @Option(
        parsing: .unconditional,
        help: "What to go on from, printed before the text as well.")
    var prefix: String?

    @Option(
        name: .customLong("include_prefix"), defaultAsFlag: PythonBool.true,
        help: "Whether the prompt is printed: by default only --prefix is.")
    var includePrefix: PythonBool?

    @Option(
        name: [.customShort("m"), .customLong("max_tokens"), .customLong("length")],
        parsing: .unconditional,
        help: """
            How many tokens. By default the model's window without a prompt, half of it after -p, \
            what is left of it after --prefix.
            """)
    var length: Int?

    @Option(
        parsing: .unconditional, help: "Cut each text before the first occurrence of this.")
    var truncate: String?

    @Flag(help: "Take the prompt and print the text as token ids separated by commas.")
    var ids = false

    @Option(
        parsing: .unconditional,
        help: "Print the N highest logits after the prompt as JSON, and stop.")
    var logits: Int?

    func validate() throws {
        if prompt != nil, prefix != nil {
            throw ValidationError("-p and --prefix are both a prompt; give one of them.")
        }
        if ids, truncate != nil || prefix != nil || includePrefix != nil {
            throw ValidationError(
                "--ids goes with -p, not with --truncate, --prefix or --include_prefix.")
        }
        for (name, value) in [("length", length), ("logits", logits)] {
            if let value, !(1...1_000_000_000).contains(value) {
                throw ValidationError("--\(name) is \(value); it must be from 1 to 1000000000.")
            }
        }
    }

    func run() throws {
        let paths = try output.paths()
        let text = try prefix ?? SamplePrompt.text(prompt ?? "")
        let seed = sampling.seed ?? UInt64.random(in: 0 ... .max)
        let (model, tokenizer) = try model.load(untrainedSeed: seed)
        let window = model.hyperparameters.contextLength
        let prompt = try SamplePrompt(
            text, areIDs: ids, tokenizer: tokenizer,
            vocabularySize: model.hyperparameters.vocabularySize)
        if prompt.tokens.count > window {
            warn(
                "the prompt has \(prompt.tokens.count) tokens and the model sees \(window), so "
                    + "only the end of the prompt is used")
        }
        let sampler = TextSampler(
            model: model, tokenizer: tokenizer, prompt: prompt.tokens,
            settings: sampling.settings(seed: seed),
            length: length ?? defaultLength(prompt, window: window),
            pool: ThreadPool(threadCount: self.model.threads))
        if let logits {
            try writeOut(Self.json(sampler.highestLogits(logits)) + "\n")
            return
        }
        let isPrefixShown = includePrefix.map { $0 == .true } ?? (prefix != nil)
        let opening = isPrefixShown ? text : ""
        try output.write(to: paths, areIDs: ids) { index, write in
            if ids {
                try sampler.writeTokens(of: index, to: write)
            } else {
                try write(opening)
                try sampler.writeText(of: index, cutAt: truncate, to: write)
            }
        }
    }

    /// As many as the original's generators and gpt-2-simple's took.
    private func defaultLength(_ prompt: SamplePrompt, window: Int) -> Int {
        if prompt.isEmpty { return window }
        if prefix != nil { return max(1, window - 1 - prompt.tokens.count) }
        return max(1, window / 2)
    }

    private static func json(_ ranking: [RankedLogit]) -> String {
        // A float's description is the shortest that reads back as the same float.
        "[" + ranking.map { "[\($0.token), \($0.logit)]" }.joined(separator: ", ") + "]"
    }
}

/// True and False as gpt-2-simple's users write them.
enum PythonBool: String, ExpressibleByArgument, CaseIterable {
    case `true`, `false`

    init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
