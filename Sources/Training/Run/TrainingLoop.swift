import Datasets
import Foundation
import GPT2

/// A run from its first step to its last: steps, and between them what is due or asked for.
///
/// Belongs to one thread. Of several ranks all run the same loop; rank 0 decides what is due, so
/// that a clock or a person is asked once, and writes the files.
public final class TrainingLoop {
    /// When something is due.
    public struct Plan: Sendable {
        /// The step to stop after; nil for none.
        public var lastStep: Int?
        /// Steps between checkpoints; nil for never.
        public var saveEvery: Int?
        /// Time between checkpoints; nil for never.
        public var saveInterval: Duration?
        /// Checkpoints to keep; 0 for all.
        public var keptCheckpoints = 5
        /// Steps between samples; nil for never.
        public var sampleEvery: Int?
        /// Steps between validations; nil for never.
        public var validateEvery: Int?
        /// Windows of a validation.
        public var validationWindows = 0
        /// What fixes those windows: the lowest loss so far counts while this is the same.
        public var validationSet = ""
        /// Validations without a lower loss after which to stop; nil for never.
        public var patience: Int?

        public init() {}
    }

    /// What the loop needs of the program around it.
    public struct Surroundings {
        /// Asked after each step; true ends the run with a checkpoint.
        public var shouldStop: () -> Bool = { false }
        /// What was asked for through the folder of commands.
        public var commands: () throws -> Set<TrainingCommand> = { [] }
        /// The learning rate to set when that was asked for; nil to leave it.
        public var learningRate: () -> Double? = { nil }
        /// Draws samples of the model as it is.
        public var sample: (_ step: Int) throws -> Void = { _ in }
        /// Takes what came of a step.
        public var record: (TrainingRecord) throws -> Void = { _ in }
        /// Told of each checkpoint once it is there.
        public var saved: () throws -> Void = {}
        /// Says what a person should see: a sentence.
        public var say: (String) -> Void = { _ in }

        public init() {}
    }

    public enum Ending: Sendable, Equatable {
        case lastStep, stopped, quit
        case noLongerImproving(lowest: Int)
    }

    private let trainer: Trainer
    private let folder: RunFolder
    private let plan: Plan
    private let validation: (any WindowSource)?
    private let communicator: any Communicator
    private let surroundings: Surroundings
    private var savedStep: Int
    private var lastSave = ContinuousClock.now

    /// - Parameters:
    ///   - trainer: takes the steps.
    ///   - folder: where checkpoints go.
    ///   - plan: when something is due.
    ///   - validation: windows the model does not learn; needed where validations are due.
    ///   - communicator: the other ranks.
    ///   - surroundings: the program around it.
    public init(
        trainer: Trainer, folder: RunFolder, plan: Plan, validation: (any WindowSource)? = nil,
        communicator: any Communicator = OneProcess(), surroundings: Surroundings
    ) {
        self.trainer = trainer
        self.folder = folder
        self.plan = plan
        self.validation = validation
        self.communicator = communicator
        self.surroundings = surroundings
        savedStep = trainer.state.step
    }

    /// Runs until there is a reason to stop. The last checkpoint is that of the last step, unless
    /// the run was told to quit without one, or has gone back to the lowest validation loss.
    ///
    /// - Returns: the reason.
    /// - Throws: what a step, a save or a report threw; the last checkpoint stands.
    public func run() throws -> Ending {
        while true {
            if let last = plan.lastStep, trainer.state.step >= last {
                try save()
                return .lastStep
            }
            let asked = try agreed()
            if asked.contains(.quit) { return .quit }
            if asked.contains(.stop) {
                try save()
                return .stopped
            }
            let validationLoss = try takeStep(validating: asked.contains(.validate))
            if asked.contains(.sample) || isDue(plan.sampleEvery) {
                if communicator.rank == 0 { try surroundings.sample(trainer.state.step) }
            }
            if let validationLoss, isValidationDue, try isHopeless(after: validationLoss) {
                return .noLongerImproving(lowest: try goBack())
            }
            if asked.contains(.save) || isDue(plan.saveEvery) { try save() }
        }
    }

    /// What all ranks do next, decided by rank 0.
    private struct Requests: OptionSet {
        let rawValue: Int
        static let quit = Requests(rawValue: 1)
        static let stop = Requests(rawValue: 2)
        static let save = Requests(rawValue: 4)
        static let sample = Requests(rawValue: 8)
        static let validate = Requests(rawValue: 16)
        static let learningRate = Requests(rawValue: 32)
    }

    private func agreed() throws -> Requests {
        var requests: Requests = []
        var rate = 0.0
        if communicator.rank == 0 {
            let commands = try surroundings.commands()
            if commands.contains(.quit) { requests.insert(.quit) }
            if commands.contains(.saveAndQuit) || surroundings.shouldStop() {
                requests.insert(.stop)
            }
            if commands.contains(.save) || isSaveTime { requests.insert(.save) }
            if commands.contains(.sample) { requests.insert(.sample) }
            if commands.contains(.validate) { requests.insert(.validate) }
            if commands.contains(.printStatus) { sayStatus() }
            if commands.contains(.learningRate) {
                if let wanted = surroundings.learningRate() {
                    rate = wanted
                    requests.insert(.learningRate)
                } else {
                    surroundings.say(
                        "the learning rate stays: put a number from 0 up into "
                            + "commands/learning_rate.txt and ask again")
                }
            }
        }
        let decided = try communicator.sum([Double(requests.rawValue), rate])
        let result = Requests(rawValue: Int(decided[0]))
        if result.contains(.learningRate) {
            trainer.setLearningRate(decided[1])
            surroundings.say("the learning rate is now \(decided[1])")
        }
        return result
    }

    private func takeStep(validating: Bool) throws -> Double? {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try trainer.step()
        let seconds = (clock.now - start) / .seconds(1)
        let validationLoss = validating || isValidationDue ? try validate() : nil
        if communicator.rank == 0 {
            try surroundings.record(
                TrainingRecord(
                    step: trainer.state.step, loss: result.loss,
                    averageLoss: trainer.state.averageLoss.value,
                    learningRate: result.learningRate, gradientNorm: result.gradientNorm,
                    tokensPerSecond: Double(result.tokenCount) / max(seconds, 1e-9),
                    validationLoss: validationLoss))
        }
        return validationLoss
    }

    private func validate() throws -> Double? {
        guard let validation, plan.validationWindows > 0 else {
            surroundings.say("there is nothing to validate with: give --val_dataset or --val_every")
            return nil
        }
        let loss = try trainer.loss(of: validation, windows: plan.validationWindows)
        guard loss.isFinite else { throw TrainingError.diverged(step: trainer.state.step) }
        let text = String(format: "%.4f", loss)
        surroundings.say("step \(trainer.state.step): validation loss \(text)")
        return loss
    }

    /// Whether patience is lost. Where a loss is the lowest yet, its weights are kept.
    private func isHopeless(after loss: Double) throws -> Bool {
        guard let patience = plan.patience else { return false }
        if trainer.state.validationSet != plan.validationSet {
            trainer.state.validationSet = plan.validationSet
            trainer.state.lowestValidationLoss = nil
        }
        if loss < trainer.state.lowestValidationLoss ?? .infinity {
            trainer.state.lowestValidationLoss = loss
            trainer.state.lowestValidationStep = trainer.state.step
            trainer.state.validationsSinceLowest = 0
            try save()
        } else {
            trainer.state.validationsSinceLowest += 1
        }
        return trainer.state.validationsSinceLowest >= patience
    }

    /// Deletes what was saved after the lowest validation loss, so that its model is the newest.
    private func goBack() throws -> Int {
        guard let step = trainer.state.lowestValidationStep else { return trainer.state.step }
        // A person may have deleted it.
        if communicator.rank == 0, try folder.steps().contains(step) {
            try folder.deleteCheckpoints(after: step)
        }
        return step
    }

    private func save() throws {
        lastSave = ContinuousClock.now
        guard savedStep != trainer.state.step else { return }
        guard trainer.weights.areFinite else {
            throw TrainingError.diverged(step: trainer.state.step)
        }
        // Ranks that have drifted apart, through a broken machine or another build of the program,
        // make no model.
        try communicator.requireSame(trainer.weights)
        if communicator.rank == 0 {
            try folder.save(
                trainer, keeping: plan.keptCheckpoints,
                sparing: trainer.state.lowestValidationStep)
            try surroundings.saved()
        }
        savedStep = trainer.state.step
        surroundings.say("step \(savedStep): saved \(folder.modelPath(savedStep))")
    }

    private var isSaveTime: Bool {
        plan.saveInterval.map { ContinuousClock.now - lastSave >= $0 } ?? false
    }

    private var isValidationDue: Bool {
        isDue(plan.validateEvery) || plan.validateEvery != nil && trainer.state.step == 1
    }

    private func isDue(_ interval: Int?) -> Bool {
        interval.map { $0 > 0 && trainer.state.step % $0 == 0 } ?? false
    }

    private func sayStatus() {
        let state = trainer.state
        let loss = String(format: "%.4f", state.averageLoss.value)
        surroundings.say(
            "step \(state.step), average loss \(loss), learning rate \(trainer.learningRate), "
                + "\(state.windowsUsed) windows used, last checkpoint at step \(savedStep)")
    }
}
