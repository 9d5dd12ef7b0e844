import ArgumentParser
import Training

/// How a run learns. Names and defaults are the original's where it had them.
struct LearningOptions: ParsableArguments {
    @Option(name: .customLong("batch_size"), help: "Windows in one pass.")
    var batchSize = 1

    @Option(
        name: .customLong("accumulate_gradients"),
        help: "Passes whose gradients make one step.")
    var accumulatedBatches = 1

    @Option(
        name: .customLong("batch_tokens"),
        help: ArgumentHelp(
            "Tokens of one step, over all processes, instead of --accumulate_gradients.",
            valueName: "tokens"))
    var batchTokens: Int?

    @Option(help: "adam (as TensorFlow's), adamw, sgd, or adafactor (ada).")
    var optimizer = OptimizerName(kind: .adam)

    @Option(name: .customLong("learning_rate"), parsing: .unconditional, help: "The highest rate.")
    var learningRate = 2e-5

    @Option(
        name: .customLong("lr_schedule"),
        help: """
            constant; restarts (the original's, as --learning_rate_cos); or cosine: one fall to \
            --lr_fraction of the rate at the last step.
            """)
    var schedule: ScheduleName?

    @Flag(name: .customLong("learning_rate_cos"), help: "The same as --lr_schedule restarts.")
    var restarts = false

    @Option(
        name: .customLong("learning_rate_min"), parsing: .unconditional,
        help: "The lowest rate of --lr_schedule restarts.")
    var lowestRate = 1e-5

    @Option(
        name: .customLong("learning_rate_warmup"),
        help: "Steps that --lr_schedule restarts warms up for.")
    var restartsWarmup = 100

    @Option(
        name: .customLong("learning_rate_period"),
        help: "Steps of one fall of --lr_schedule restarts.")
    var period = 100

    @Option(
        name: .customLong("learning_rate_initial_step"),
        help: "Where in its schedule the rate begins.")
    var firstScheduleStep = 0

    @Option(help: "Steps in which the rate rises, with the schedules constant and cosine.")
    var warmup = 0

    @Option(
        name: .customLong("lr_fraction"), parsing: .unconditional,
        help: "What --lr_schedule cosine leaves of the rate.")
    var fraction = 0.1

    @Option(
        name: .customLong("weight_decay"), parsing: .unconditional,
        help: "How fast AdamW's matrices decay.")
    var weightDecay = 0.0

    @Option(parsing: .unconditional, help: "The memory of Adam's second moments.")
    var beta2 = 0.999

    @Option(parsing: .unconditional, help: "Make gradients longer than this shorter; 0 is off.")
    var clip = 0.0

    @Option(
        parsing: .unconditional,
        help: "How likely an element is dropped: of embeddings, attention, and each block's sums.")
    var dropout = 0.0

    @Option(parsing: .unconditional, help: "How likely an input token is replaced by any other.")
    var noise = 0.0

    @Flag(
        name: .customLong("memory_saving_gradients"), inversion: .prefixedNo,
        help: """
            Compute a block's forward pass again when its backward pass comes; by default for \
            models of 355M.
            """)
    var recomputesBlocks: Bool?

    @Flag(
        name: .customLong("only_train_transformer_layers"),
        help: "Leave embeddings and the last layer norm as they are.")
    var trainsOnlyBlocks = false

    @Option(
        help: "Stop after so many steps, over all sessions of the run; 0 goes on until Ctrl-C.")
    var steps = 0

    @Option(
        parsing: .unconditional,
        help: "Stop when so many times the dataset's tokens were used.")
    var epochs = 0.0

    @Option(
        parsing: .unconditional,
        help: "Fixes what is drawn; -1 is another one for each run.")
    var seed = -1

    @Flag(help: "Draw the same in every run: the same as --seed 1337 where no seed is given.")
    var deterministic = false

    @Option(help: "Threads that do the arithmetic; 0 is one a core.")
    var threads = 0

    func validate() throws {
        let batches = [
            ("batch_size", batchSize), ("accumulate_gradients", accumulatedBatches),
        ]
        for (flag, value) in batches where !(1...1_000_000).contains(value) {
            throw ValidationError("--\(flag) is \(value); it must be from 1 to 1000000.")
        }
        let counts = [
            ("batch_tokens", batchTokens ?? 1, 1), ("learning_rate_warmup", restartsWarmup, 0),
            ("learning_rate_period", period, 1),
            ("learning_rate_initial_step", firstScheduleStep, 0), ("warmup", warmup, 0),
            ("steps", steps, 0), ("threads", threads, 0),
        ]
        for (flag, value, least) in counts where !(least...1_000_000_000).contains(value) {
            throw ValidationError(
                "--\(flag) is \(value); it must be from \(least) to 1000000000.")
        }
        let numbers = [
            ("learning_rate", learningRate, 0...1e3), ("learning_rate_min", lowestRate, 0...1e3),
            ("lr_fraction", fraction, 0...1), ("weight_decay", weightDecay, 0...1e3),
            ("beta2", beta2, 0...0.999999), ("clip", clip, 0...1e9), ("dropout", dropout, 0...0.99),
            ("noise", noise, 0...1), ("epochs", epochs, 0...1e9),
        ]
        for (flag, value, range) in numbers where !range.contains(value) {
            throw ValidationError(
                "--\(flag) is \(value); it must be from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        guard weightDecay == 0 || optimizer.kind == .adamw else {
            throw ValidationError("--weight_decay is AdamW's; give --optimizer adamw too.")
        }
        guard beta2 == 0.999 || [.adam, .adamw].contains(optimizer.kind) else {
            throw ValidationError("--beta2 is Adam's and AdamW's; \(optimizer) has none.")
        }
        guard seed >= -1 else { throw ValidationError("--seed is \(seed); it must be -1 or more.") }
        guard steps == 0 || epochs == 0 else {
            throw ValidationError("--steps and --epochs both say when to stop; give one of them.")
        }
        guard !(restarts && schedule != nil && schedule != .restarts) else {
            throw ValidationError("--learning_rate_cos and --lr_schedule say different things.")
        }
        guard scheduleName != .cosine || steps > 0 || epochs > 0 else {
            throw ValidationError(
                "--lr_schedule cosine ends at the last step; give --steps or --epochs.")
        }
        guard batchTokens == nil || accumulatedBatches == 1 else {
            throw ValidationError(
                "--batch_tokens works --accumulate_gradients out; give one of them.")
        }
    }

    var scheduleName: ScheduleName { schedule ?? (restarts ? .restarts : .constant) }

    func schedule(lastStep: Int?) -> LearningRateSchedule {
        switch scheduleName {
        case .constant: LearningRateSchedule(rate: learningRate, warmup: warmup)
        case .restarts:
            LearningRateSchedule(
                rate: learningRate, warmup: restartsWarmup,
                shape: .restarts(period: period, least: lowestRate))
        case .cosine:
            LearningRateSchedule(
                rate: learningRate, warmup: warmup,
                shape: .cosine(steps: lastStep ?? 1, fraction: fraction))
        }
    }
}

enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
    case constant, restarts, cosine
}

/// An optimizer by its name or the original's.
struct OptimizerName: ExpressibleByArgument, CustomStringConvertible {
    let kind: OptimizerKind

    init(kind: OptimizerKind) { self.kind = kind }

    init?(argument: String) {
        let name = argument == "ada" ? OptimizerKind.adafactor.rawValue : argument
        guard let kind = OptimizerKind(rawValue: name) else { return nil }
        self.kind = kind
    }

    var description: String { kind.rawValue }
    var defaultValueDescription: String { kind.rawValue }
    static var allValueStrings: [String] { OptimizerKind.allCases.map(\.rawValue) + ["ada"] }
}
