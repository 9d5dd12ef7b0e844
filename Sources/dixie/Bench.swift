import ArgumentParser
import Compute
import GPT2
import JSON
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
        case decode, prefill, sample, train, load, tokenize, http
    }

    @Argument(
        help: ArgumentHelp(
            """
            decode: tokens made after a prompt, the prompt's time left out. prefill: tokens of a \
            prompt. sample: tokens chosen from one place's logits, on one thread, as the original \
            did. train: tokens of fine-tuning steps, in f32 and with AdamW; nothing is written. \
            load: a checkpoint into memory. tokenize: text into tokens, on one thread. http: \
            replies of a server that runs, streamed to many clients.
            """))
    var what: Subject

    @OptionGroup var model: ModelArguments

    @Option(parsing: .unconditional, help: "decode, prefill, train: how many sequences.")
    var batch = 1

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            decode, sample, http: how many tokens each sequence or reply gets, by default 64. \
            train: tokens of a sequence, by default 1,024 or the window.
            """))
    var tokens: Int?

    @Option(
        parsing: .unconditional,
        help: "decode, prefill: tokens in a prompt. By default 16, and 512 or the window."
    )
    var prompt: Int?

    @Option(
        help: ArgumentHelp(
            """
            decode, prefill: how the keys and values of earlier tokens are kept, as the \
            configuration's kv.
            """))
    var kv = CacheFormat.bf16

    @Option(parsing: .unconditional, help: "How often it is measured.")
    var repeats = 5

    @Option(help: "tokenize: a file with the text; else a text is made up.")
    var text: String?

    @OptionGroup(title: "A server under load") var load: HTTPLoadArguments

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        let sizes = [
            ("batch", batch, 1...4096), ("tokens", tokens ?? 1, 1...1_000_000),
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
        guard batch == 1 || [.decode, .prefill, .train].contains(what) else {
            throw ValidationError("--batch goes with decode, prefill and train.")
        }
    }

    func run() throws {
        let output =
            switch what {
            case .decode, .prefill: told(try measurePasses())
            case .sample: told(try measureSampling())
            case .train: told(try measureTraining())
            case .load: try BenchLoad(model).report(repeats: repeats, json: json)
            case .tokenize: told(try measureTokenizing())
            case .http: try measureServer()
            }
        try writeOut(output + "\n")
    }

    private func told(_ result: BenchResult) -> String {
        json ? result.json(what.rawValue, weights: model.format) : result.line(what.rawValue)
    }

    private func measurePasses() throws -> BenchResult {
        let generated = what == .decode ? tokens ?? Self.defaultTokens : 0
        let passes = try BenchPasses(
            model: model, batch: batch, prompt: prompt, defaultPrompt: what == .decode ? 16 : 512,
            generated: generated, cache: kv)
        var result = try BenchResult(
            repeats: repeats, what == .decode ? passes.decode : passes.prefill)
        result.threads = passes.pool.threadCount
        result.batch = batch
        result.prompt = passes.promptLength
        result.tokens = what == .decode ? generated : passes.promptLength
        result.tokensPerRepeat = batch * result.tokens
        return result
    }

    private func measureSampling() throws -> BenchResult {
        let sampling = try BenchSampling(model, tokens: tokens ?? Self.defaultTokens)
        var result = try BenchResult(repeats: repeats, sampling.choose)
        result.tokens = sampling.tokenCount
        result.tokensPerRepeat = sampling.tokenCount
        return result
    }

    private func measureTraining() throws -> BenchResult {
        let training = try BenchTraining(model, batch: batch, windowLength: tokens)
        var result = try BenchResult(repeats: repeats, training.step)
        result.threads = training.threadCount
        result.batch = batch
        result.tokens = training.windowLength
        result.tokensPerRepeat = batch * result.tokens
        return result
    }

    private func measureTokenizing() throws -> BenchResult {
        let tokenize = try BenchTokenize(model, text: text)
        var result = try BenchResult(repeats: repeats, tokenize.run)
        result.tokens = tokenize.tokenCount
        result.tokensPerRepeat = tokenize.tokenCount
        result.bytesPerRepeat = tokenize.byteCount
        return result
    }

    private func measureServer() throws -> String {
        let report = try HTTPLoad(load, tokens: tokens ?? Self.defaultTokens).run()
        return json ? report.json.serialized : report.lines
    }

    private static let defaultTokens = 64
}
