import Compute
import Datasets
import GPT2

/// Takes training steps: windows in, changed weights out.
///
/// A step's result depends on the state, the data and the number of threads alone, so a run that is
/// taken up again goes on as if it had never stopped. Belongs to one thread.
public final class Trainer {
    /// What fixes a step besides the model and the data.
    public struct Settings: Sendable {
        /// B: windows in one pass of this process.
        public var batchSize = 1
        /// Passes whose gradients are added up for one step.
        public var accumulatedBatches = 1
        /// T: tokens of a window.
        public var windowLength: Int
        public var optimizer = OptimizerKind.adam
        public var beta2 = 0.999
        public var weightDecay = 0.0
        public var schedule: LearningRateSchedule
        /// What is added to the number of steps taken to look the rate up.
        public var firstScheduleStep = 0
        /// The longest a gradient may be; longer ones are made this long.
        public var clip: Double?
        public var pass = PassSettings()

        public init(windowLength: Int, schedule: LearningRateSchedule) {
            self.windowLength = windowLength
            self.schedule = schedule
        }
    }

    /// What came of a step.
    public struct StepResult: Sendable {
        /// Mean cross-entropy of the step's targets, in nats, before the weights changed.
        public let loss: Double
        public let learningRate: Double
        /// Of the gradient, before it was clipped.
        public let gradientNorm: Double
        /// Tokens that went through the model, over all ranks.
        public let tokenCount: Int
    }

    public let weights: Weights
    public let optimizer: any Optimizer
    public var state: TrainingState
    public let settings: Settings
    private let data: any WindowSource
    private let pass: GradientPass
    private let parameters: TrainableParameters
    private let communicator: any Communicator
    private let pool: ThreadPool

    /// - Parameters:
    ///   - weights: changed by each step.
    ///   - data: what to learn.
    ///   - settings: how.
    ///   - state: where the run is; its seed is that of dropout and noise.
    ///   - communicator: the other processes.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory for it.
    public init(
        weights: Weights, data: any WindowSource, settings: Settings, state: TrainingState,
        communicator: any Communicator = OneProcess(), on pool: ThreadPool
    ) throws {
        var settings = settings
        settings.pass.seed = state.seed
        self.weights = weights
        self.data = data
        self.settings = settings
        self.state = state
        // Who gives another rate means it.
        if state.replacedLearningRate != settings.schedule.rate { self.state.learningRate = nil }
        self.communicator = communicator
        self.pool = pool
        let gradients = try Weights(zerosFor: weights.hyperparameters)
        parameters = TrainableParameters(weights.table, onlyBlocks: settings.pass.trainsOnlyBlocks)
        optimizer = try settings.optimizer.make(
            weights: weights, gradients: gradients, parameters: parameters,
            beta2: settings.beta2, weightDecay: settings.weightDecay)
        pass = try GradientPass(
            weights: weights, gradients: gradients, batchSize: settings.batchSize,
            windowLength: settings.windowLength, settings: settings.pass, on: pool)
    }

    /// Windows of one step, over all ranks.
    public var windowsPerStep: Int {
        settings.batchSize * settings.accumulatedBatches * communicator.size
    }

    /// Takes one step.
    ///
    /// - Returns: what came of it.
    /// - Throws: `TrainingError.diverged` when the loss or the gradient is no number, and then the
    ///   weights are those of before; `DatasetError`; `CommunicationError`.
    public func step() throws -> StepResult {
        let own = settings.batchSize * settings.accumulatedBatches
        let first = state.windowsUsed + communicator.rank * own
        // Windows are made again when their turn comes: all of a large step's would take room.
        let targets = try (first..<first + own).reduce(0) { try $0 + data.window($1).targetCount }
        let totalTargets = max(1, try communicator.sum([Double(targets)])[0])

        let gradients = pass.gradients.buffer.slice(parameters.range)
        clear(gradients, on: pool)
        var sum = 0.0
        for batch in 0..<settings.accumulatedBatches {
            let start = first + batch * settings.batchSize
            let isLast = batch == settings.accumulatedBatches - 1
            sum += try pass.accumulate(
                (start..<start + settings.batchSize).map(data.window), firstWindow: start,
                scale: 1 / totalTargets,
                finished: { [communicator, buffer = pass.gradients.buffer] part in
                    if isLast { communicator.beginSum(buffer.slice(part)) }
                })
        }
        try communicator.finishSums()
        let loss = try communicator.sum([sum])[0] / totalTargets
        let norm = sumOfSquares(gradients, on: pool).squareRoot()
        guard loss.isFinite, norm.isFinite else {
            throw TrainingError.diverged(step: state.step + 1)
        }
        let rate = learningRate
        let scale = settings.clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        optimizer.step(learningRate: rate, gradientScale: scale, on: pool)

        state.step += 1
        state.windowsUsed += windowsPerStep
        state.averageLoss.add(loss)
        return StepResult(
            loss: loss, learningRate: rate, gradientNorm: norm,
            tokenCount: windowsPerStep * settings.windowLength)
    }

    /// The mean cross-entropy of windows by the weights as they are, in nats; ranks share them out.
    ///
    /// - Throws: `DatasetError`, `CommunicationError`.
    public func loss(of source: any WindowSource, windows count: Int) throws -> Double {
        var sum = 0.0
        var targets = 0
        let batches = (count + settings.batchSize - 1) / settings.batchSize
        for batch in stride(from: communicator.rank, to: batches, by: communicator.size) {
            let start = batch * settings.batchSize
            let windows = try (start..<min(start + settings.batchSize, count)).map(source.window)
            sum += pass.loss(of: windows)
            targets += windows.reduce(0) { $0 + $1.targetCount }
        }
        let totals = try communicator.sum([sum, Double(targets)])
        return totals[0] / max(1, totals[1])
    }

    /// Puts another rate in the place of the schedule's highest, for as long as the run's line gives
    /// the same one as now.
    public func setLearningRate(_ rate: Double) {
        state.learningRate = rate
        state.replacedLearningRate = settings.schedule.rate
    }

    /// Of the next step.
    public var learningRate: Double {
        var schedule = settings.schedule
        if let rate = state.learningRate { schedule.rate = rate }
        return schedule.rate(at: state.step + settings.firstScheduleStep)
    }
}

extension TrainingWindow {
    /// How many targets are counted.
    var targetCount: Int { targets.reduce(0) { $0 + ($1 == Self.ignored ? 0 : 1) } }
}
