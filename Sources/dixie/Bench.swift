import ArgumentParser
import Compute
import GPT2
import Serving
import Terminal

/// `dixie bench`: how fast this machine does what the programs do.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a model or its tokenizer is here.",
        discussion: """
            Each measurement is made once to warm up and then --repeats times; the median and the \
            best are printed. Benchmarks/ compares them with other programs.
            """
    )

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case decode, prefill, load, tokenize
    }

    @Argument(
        help: ArgumentHelp(
            """
            decode: tokens made after a prompt, the prompt's time left out. prefill: tokens of a \
            prompt. load: a checkpoint into memory. tokenize: text into tokens, on one thread.
            """))
    var what: Subject

    @OptionGroup var model: ModelArguments

    @Option(parsing: .unconditional, help: "decode, prefill: how many sequences.")
    var batch = 1

    @Option(parsing: .unconditional, help: "decode: how many tokens each sequence makes.")
    var tokens = 64

    @Option(
        parsing: .unconditional,
        help: "decode, prefill: tokens in a prompt. By default 16, and 512 or the window."
    )
    var prompt: Int?

    @Option(parsing: .unconditional, help: "How often it is measured.")
    var repeats = 5

    @Option(help: "tokenize: a file with the text; else a text is made up.")
    var text: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        let sizes = [
            ("batch", batch, 1...4096), ("tokens", tokens, 1...1_000_000),
            ("prompt", prompt ?? 1, 1...1_000_000), ("repeats", repeats, 1...10_000),
        ]
        for (name, value, range) in sizes where !range.contains(value) {
            throw ValidationError(
                "--\(name) is \(value); it must be from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        guard text == nil || what == .tokenize else {
            throw ValidationError("--text goes with tokenize.")
        }
    }

    func run() throws {
        var result: BenchResult
        switch what {
        case .decode, .prefill:
            let passes = try BenchPasses(
                model: model, batch: batch, prompt: prompt,
                defaultPrompt: what == .decode ? 16 : 512,
                generated: what == .decode ? tokens : 0)
            result = try BenchResult(
                repeats: repeats, what == .decode ? passes.decode : passes.prefill)
            result.threads = passes.pool.threadCount
            result.batch = batch
            result.prompt = passes.promptLength
            result.tokens = what == .decode ? tokens : passes.promptLength
            result.tokensPerRepeat = batch * result.tokens
        case .load:
            return try writeOut(BenchLoad(model).report(repeats: repeats, json: json) + "\n")
        case .tokenize:
            let tokenize = try BenchTokenize(model, text: text)
            result = try BenchResult(repeats: repeats, tokenize.run)
            result.tokens = tokenize.tokenCount
            result.tokensPerRepeat = tokenize.tokenCount
            result.bytesPerRepeat = tokenize.byteCount
        }
        try writeOut(
            (json ? result.json(what.rawValue, weights: model.format) : result.line(what.rawValue))
                + "\n")
    }
}
