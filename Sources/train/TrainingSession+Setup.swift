import Checkpoints
import Cluster
import Compute
import Datasets
import GPT2
import Tokenizer
import Training

extension TrainingSession {
    /// All that is known before there are weights.
    struct Setup {
        let beginning: Beginning
        let state: TrainingState
        let data: RunData
        let plan: TrainingLoop.Plan
        let settings: Trainer.Settings
        let estimate: MemoryEstimate
    }

    func makeSetup(
        _ beginning: Beginning, seed: UInt64, in folder: RunFolder
    ) throws -> Setup {
        let state = try self.state(of: beginning, seed: seed, in: folder)
        let data = try RunData(options.data, beginning, seed: state.seed)
        let plan = plan(data)
        let settings = try settings(
            windowLength: data.windowLength, lastStep: plan.lastStep, size: beginning.size)
        let estimate = MemoryEstimate(
            beginning.size, settings: settings, dataset: data.byteCount,
            messages: communicator.messageBytes, threads: pool.threadCount)
        if let available = MemoryEstimate.availableMemory {
            try estimate.require(available: available / cluster.localSize, settings: settings)
        }
        return Setup(
            beginning: beginning, state: state, data: data, plan: plan, settings: settings,
            estimate: estimate)
    }

    /// Sees to it that the hosts have the same files, where they are not one and the same.
    func requireSame(_ setup: Setup) throws {
        let size = setup.beginning.size
        try communicator.requireSame([
            ("a checkpoint", UInt64(setup.state.step)),
            ("a place in the data", UInt64(setup.state.windowsUsed)),
            ("a seed", setup.state.seed),
            ("a model", UInt64(ParameterTable(size).parameterCount)),
            ("a vocabulary", UInt64(setup.beginning.tokenizer.vocabularyCount)),
            ("a dataset", UInt64(setup.data.training.tokenCount)),
            ("a validation set", UInt64(setup.data.validation?.tokenCount ?? 0)),
        ])
    }

    /// The trainer where the run is. Of several ranks, only rank 0 has the weights yet.
    func makeTrainer(_ setup: Setup, in folder: RunFolder) throws -> Trainer {
        let beginning = setup.beginning
        let weights =
            isFirst
            ? try beginning.weights(options.model, seed: setup.state.seed)
            : try Weights(zerosFor: beginning.size)
        let trainer = try Trainer(
            weights: weights, data: setup.data.training.windows, settings: setup.settings,
            state: setup.state, communicator: communicator, on: pool)
        if case .resumed(let step, _) = beginning.start {
            try folder.restoreOptimizer(of: trainer, at: step)
        }
        if isFirst {
            try beginning.makeRoom(in: folder)
            try folder.describe(
                replacing: !beginning.isResumed, beginning.size,
                endOfText: beginning.tokenizer.endOfText,
                vocabulary: (beginning.vocabulary.encoder, beginning.vocabulary.merges))
        }
        return trainer
    }

    /// The state to go on from, or a new one.
    private func state(
        of beginning: Beginning, seed: UInt64, in folder: RunFolder
    ) throws -> TrainingState {
        guard case .resumed(let step, _) = beginning.start else {
            return TrainingState(seed: seed)
        }
        if let state = try folder.state(of: step) { return state }
        if isFirst {
            say(
                "there is no \(folder.statePath(step)), so the optimizer begins afresh, and the "
                    + "data from its beginning")
        }
        var state = TrainingState(seed: seed)
        state.step = step
        return state
    }

    private func plan(_ data: RunData) -> TrainingLoop.Plan {
        let learning = options.learning
        var plan = TrainingLoop.Plan()
        if learning.steps > 0 { plan.lastStep = learning.steps }
        if learning.epochs > 0 {
            let perStep = Double(tokensPerStep(windowLength: data.windowLength))
            let tokens = learning.epochs * Double(data.training.tokenCount)
            plan.lastStep = max(1, Int(min(tokens / perStep, 1e15).rounded(.up)))
        }
        if options.place.saveEvery > 0 { plan.saveEvery = options.place.saveEvery }
        if options.place.saveMinutes > 0 {
            plan.saveInterval = .seconds(options.place.saveMinutes * 60)
        }
        plan.keptCheckpoints = options.place.keptCheckpoints
        if options.samples.every > 0, options.samples.count > 0 {
            plan.sampleEvery = options.samples.every
        }
        if options.data.validationInterval > 0 {
            plan.validateEvery = options.data.validationInterval
        }
        plan.validationWindows =
            options.data.validationBatchSize * options.data.validationBatchCount
        plan.validationSet = [
            data.validation?.tokenCount ?? 0, data.windowLength, plan.validationWindows,
        ].map(String.init).joined(separator: " ")
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
}
