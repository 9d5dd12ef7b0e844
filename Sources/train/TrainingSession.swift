import Checkpoints
import Compute
import Datasets
import Foundation
import GPT2
import Terminal
import Tokenizer
import Training

/// One session of a run, put together from the options: from where it begins to its last step.
struct TrainingSession {
    private let options: Train
    private let pool: ThreadPool
    private let communicator: any Communicator

    init(_ options: Train) throws {
        self.options = options
        pool = ThreadPool(threadCount: options.learning.threads)
        communicator = OneProcess()
    }

    func run() throws {
        let folder = RunFolder("\(options.place.checkpointFolder)/\(options.place.name)")
        try folder.make()
        let lock = try RunLock(folder)
        defer { withExtendedLifetime(lock) {} }
        try folder.prepare()
        let beginning = try Beginning(
            options.model, folder: folder, overwrites: options.place.overwrite)
        let state = try self.state(of: beginning, in: folder)
        let data = try RunData(options.data, beginning, seed: state.seed)
        let plan = plan(tokens: data.training.tokenCount, windowLength: data.windowLength)
        let settings = try settings(
            windowLength: data.windowLength, lastStep: plan.lastStep, size: beginning.size)
        let estimate = MemoryEstimate(
            beginning.size, settings: settings, dataset: data.byteCount, threads: pool.threadCount)
        if let available = MemoryEstimate.availableMemory {
            try estimate.require(available: available, settings: settings)
        }
        let weights = try beginning.weights(options.model, seed: state.seed)
        let trainer = try Trainer(
            weights: weights, data: data.training.windows, settings: settings, state: state,
            communicator: communicator, on: pool)
        if case .resumed(let step, _) = beginning.start {
            try folder.restoreOptimizer(of: trainer, at: step)
        }
        try folder.describe(
            beginning.size, endOfText: beginning.tokenizer.endOfText,
            vocabulary: (beginning.vocabulary.encoder, beginning.vocabulary.merges))
        tell(beginning, data, estimate, trainer, plan)
        list(weights.table)
        try loop(trainer, folder: folder, plan: plan, beginning: beginning, data: data)
    }

    /// The state to go on from, or a new one.
    private func state(of beginning: Beginning, in folder: RunFolder) throws -> TrainingState {
        let seed = options.learning.chosenSeed
        guard case .resumed(let step, _) = beginning.start else {
            return TrainingState(seed: seed)
        }
        if let state = try folder.state(of: step) { return state }
        say("there is no \(folder.statePath(step)), so the optimizer begins afresh")
        var state = TrainingState(seed: seed)
        state.step = step
        return state
    }

    private func plan(tokens: Int, windowLength: Int) -> TrainingLoop.Plan {
        let learning = options.learning
        var plan = TrainingLoop.Plan()
        if learning.steps > 0 { plan.lastStep = learning.steps }
        if learning.epochs > 0 {
            let perStep = Double(tokensPerStep(windowLength: windowLength))
            plan.lastStep = max(1, Int((learning.epochs * Double(tokens) / perStep).rounded(.up)))
        }
        if options.place.saveEvery > 0 { plan.saveEvery = options.place.saveEvery }
        if options.place.saveMinutes > 0 {
            plan.saveInterval = .seconds(options.place.saveMinutes * 60)
        }
        plan.keptCheckpoints = options.place.keptCheckpoints
        if options.samples.every > 0, options.samples.count > 0 {
            plan.sampleEvery = options.samples.every
        }
        if options.data.validateEvery > 0 { plan.validateEvery = options.data.validateEvery }
        plan.validationWindows =
            options.data.validationBatchSize * options.data.validationBatchCount
        if options.data.patience > 0 { plan.patience = options.data.patience }
        return plan
    }

    private func tokensPerStep(windowLength: Int) -> Int {
        options.learning.batchTokens
            ?? options.learning.batchSize * options.learning.accumulatedBatches * windowLength
            * communicator.size
    }

    private func settings(
        windowLength: Int, lastStep: Int?, size: Hyperparameters
    ) throws -> Trainer.Settings {
        let learning = options.learning
        var settings = Trainer.Settings(
            windowLength: windowLength, schedule: learning.schedule(lastStep: lastStep))
        settings.batchSize = learning.batchSize
        settings.accumulatedBatches = try learning.accumulatedBatches(
            windowLength: windowLength, processes: communicator.size)
        settings.optimizer = learning.optimizer.kind
        settings.beta2 = learning.beta2
        settings.weightDecay = learning.weightDecay
        settings.firstScheduleStep = learning.firstScheduleStep
        settings.clip = learning.clip > 0 ? learning.clip : nil
        let rate = learning.dropout
        settings.pass.dropout = .init(embedding: rate, attention: rate, residual: rate)
        settings.pass.noise = learning.noise
        settings.pass.recomputesBlocks =
            learning.recomputesBlocks ?? (size == Hyperparameters.named("355M"))
        settings.pass.trainsOnlyBlocks = learning.trainsOnlyBlocks
        return settings
    }

    private func loop(
        _ trainer: Trainer, folder: RunFolder, plan: TrainingLoop.Plan, beginning: Beginning,
        data: RunData
    ) throws {
        let interruption = Interruption()
        let commands = CommandFolder("commands")
        try commands.prepare()
        let heartbeat = Heartbeat(ProcessInfo.processInfo.environment["PONG"] ?? "pong.txt")
        let reports = try RunReports(
            folder: folder.path, runName: options.place.name,
            resumingAfter: trainer.state.step > 0 ? trainer.state.step : nil)
        let display = ProgressDisplay(firstStep: trainer.state.step, lastStep: plan.lastStep)
        let samples = SampleWriter(
            model: Model(trainer.weights), tokenizer: beginning.tokenizer,
            options: options.samples, folder: "samples/\(options.place.name)",
            seed: trainer.state.seed, pool: pool)

        var surroundings = TrainingLoop.Surroundings()
        surroundings.shouldStop = { interruption.wasAsked }
        surroundings.commands = {
            try heartbeat.beat()
            return try commands.taken()
        }
        surroundings.learningRate = { commands.learningRate() }
        surroundings.sample = { step in
            display.clear()
            let window = try data.training.windows.window(trainer.state.windowsUsed)
            try samples.write(step: step, start: window.inputs.first ?? 0)
        }
        surroundings.record = { record in
            try reports.record(
                record, scheduleStep: record.step + trainer.settings.firstScheduleStep)
            if let loss = record.validationLoss {
                try reports.validated(step: record.step, loss: loss)
            }
            display.show(record)
        }
        surroundings.say = { sentence in
            display.clear()
            say(sentence)
        }
        let loop = TrainingLoop(
            trainer: trainer, folder: folder, plan: plan, validation: data.validation?.windows,
            communicator: communicator, surroundings: surroundings)
        let ending = try loop.run()
        display.clear()
        try reports.finish()
        tell(ending, trainer, folder)
    }

    private func tell(
        _ beginning: Beginning, _ data: RunData, _ estimate: MemoryEstimate, _ trainer: Trainer,
        _ plan: TrainingLoop.Plan
    ) {
        switch beginning.start {
        case .resumed(let step, let path): say("going on from step \(step): \(path)")
        case .checkpoint(let path): say("beginning with \(path)")
        case .random: say("beginning with random weights")
        }
        let size = beginning.size
        let millions = Double(ParameterTable(size).parameterCount) / 1e6
        say(
            "\(String(format: "%.1f", millions)) million weights: \(size.layerCount) layers of "
                + "\(size.embeddingWidth), \(size.headCount) heads, a window of "
                + "\(size.contextLength), \(size.vocabularySize) tokens")
        say(data.training.summary)
        if let validation = data.validation { say("validation: \(validation.summary)") }
        for warning in data.warnings { say(warning) }
        let tokens = trainer.windowsPerStep * trainer.settings.windowLength
        let end = plan.lastStep.map { "to step \($0)" } ?? "until Ctrl-C"
        say(
            "\(tokens) tokens a step, \(end), seed \(trainer.state.seed), about "
                + "\(HumanUnits.bytes(estimate.total)) of memory")
    }

    private func tell(_ ending: TrainingLoop.Ending, _ trainer: Trainer, _ folder: RunFolder) {
        let step = trainer.state.step
        switch ending {
        case .lastStep, .stopped: say("step \(step): done, and the model is in \(folder.path)")
        case .quit: say("step \(step): stopped without saving, as asked")
        case .noLongerImproving(let lowest):
            say(
                "step \(step): the validation loss was lowest at step \(lowest), whose model is "
                    + "now the newest in \(folder.path)")
        }
    }

    private func list(_ table: ParameterTable) {
        let trained = TrainableParameters(
            table, onlyBlocks: options.learning.trainsOnlyBlocks
        ).entries
        if options.original.listsTensors { list(table.entries, "tensors") }
        if options.original.listsTrainable { list(trained, "trained") }
    }

    private func list(_ entries: [ParameterTable.Entry], _ title: String) {
        say("\(title):")
        for entry in entries { say("  \(entry.parameter.name) \(entry.shape)") }
    }
}
