import ArgumentParser
import Chat
import Compute
import Evaluation
import GPT2
import Terminal
import Tokenizer

/// `dixie eval`: how good a model is at what it was made for.
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure a model: its loss on text, its replies, its choices.",
        discussion: """
            Give one or more of --dataset, --replies and --multiple_choice. Sampling options are \
            those of the replies; --temperature 0 always takes the likeliest token.
            """
    )

    @OptionGroup var model: ModelArguments
    @OptionGroup var sampling: SamplingArguments

    @Option(
        help: ArgumentHelp(
            """
            The loss on this: a text file, a folder of them, a pattern, or an .npz of tokens.
            """, valueName: "file"))
    var dataset: String?

    @Option(
        parsing: .unconditional,
        help: """
            --dataset: how many tokens a window starts after the last. By default the model's \
            window; less is more exact and slower.
            """)
    var stride: Int?

    @Option(
        help: ArgumentHelp(
            "A chat log in the pipe format, to whose messages the model is to reply.",
            valueName: "chatlog"))
    var replies: String?

    @Option(
        name: .customLong("reply_count"), parsing: .unconditional,
        help: "--replies: to how many messages, spread evenly over the log.")
    var replyCount = 50

    @Option(parsing: .unconditional, help: "--replies: tokens in a reply at most.")
    var length = 100

    @Option(
        help: ArgumentHelp(
            "--replies: the text that was trained on, to look for replies learned by heart.",
            valueName: "file"))
    var train: String?

    @Option(
        name: .customLong("multiple_choice"),
        help: ArgumentHelp(
            "Questions as HellaSwag has them: lines of JSON with ctx, endings and label.",
            valueName: "file"))
    var multipleChoice: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// HellaSwag's largest file has 50 MB.
    private static let questionByteLimit = 1 << 30

    func validate() throws {
        guard dataset != nil || replies != nil || multipleChoice != nil else {
            throw ValidationError(
                "There is nothing to measure; give --dataset, --replies or --multiple_choice.")
        }
        for (name, path) in [
            ("dataset", dataset), ("replies", replies), ("train", train),
            ("multiple_choice", multipleChoice),
        ] {
            try requireText(path, of: name)
        }
        guard train == nil || replies != nil else {
            throw ValidationError("--train goes with --replies.")
        }
        for (name, value) in [
            ("stride", stride ?? 1), ("reply_count", replyCount), ("length", length),
        ] where !(1...1_000_000).contains(value) {
            throw ValidationError("--\(name) is \(value); it must be from 1 to 1000000.")
        }
    }

    func run() throws {
        // Read first, so that a wrong path is told before a model is loaded.
        let questions = try multipleChoice.map {
            try MultipleChoiceQuestion.all(
                in: TextInput.read($0, limit: Self.questionByteLimit), path: $0)
        }
        let log = try replies.map { Transcript(reading: try TextFiles.read($0)) }
        let training = try train.map(TextFiles.read)
        let texts = try dataset.map(TextFiles.matching)

        let (model, tokenizer) = try model.load(untrainedSeed: 0)
        let bench = EvalBench(
            model: model, tokenizer: tokenizer, pool: ThreadPool(threadCount: self.model.threads))
        if let stride, stride > model.hyperparameters.contextLength {
            throw ValidationError(
                "--stride is \(stride), which is past the model's window of "
                    + "\(model.hyperparameters.contextLength).")
        }
        var report = EvaluationReport()
        if let texts, let dataset {
            report.loss = try bench.loss(of: texts, named: dataset, stride: stride)
            if self.model.format != .f32 {
                let (exact, _) = try self.model.load(untrainedSeed: 0, format: .f32)
                report.distance = try bench.distance(from: exact, over: texts)
            }
        }
        if let log, let replies {
            let samples = try bench.replies(
                to: log, named: replies, count: replyCount, length: length,
                settings: sampling.settings(seed: sampling.seed ?? .random(in: 0 ... .max)))
            report.replies = ReplyQuality(samples)
            report.memorisation = training.map {
                Memorisation(of: samples, in: $0, tokenizer: tokenizer)
            }
        }
        if let questions { report.multipleChoice = try bench.score(questions) }
        try writeOut((json ? report.json : report.text) + "\n")
    }
}
