import Compute
import Datasets
import Foundation
import GPT2
import Training

/// What the person at the terminal is told, by rank 0.
extension TrainingSession {
    func tell(_ setup: Setup, _ trainer: Trainer, _ folder: RunFolder) {
        switch setup.beginning.start {
        case .resumed(let step, let path): say("going on from step \(step): \(path)")
        case .checkpoint(let path): say("beginning with \(path)")
        case .random: say("beginning with random weights")
        }
        if folder.holdsUnnumberedModel {
            say(
                "\(folder.path)/model.safetensors stays as it is; checkpoints of the run stand "
                    + "beside it, and count as newer")
        }
        if let rate = trainer.state.learningRate {
            say(
                "the learning rate is \(rate), as was asked for while the run went on; another "
                    + "--learning_rate than before would take its place")
        }
        let size = setup.beginning.size
        let millions = Double(ParameterTable(size).parameterCount) / 1e6
        say(
            "\(String(format: "%.1f", millions)) million weights: \(size.layerCount) layers of "
                + "\(size.embeddingWidth), \(size.headCount) heads, a window of "
                + "\(size.contextLength), \(size.vocabularySize) tokens")
        say(setup.data.training.summary)
        if let validation = setup.data.validation { say("validation: \(validation.summary)") }
        for warning in setup.data.warnings { say(warning) }
        if communicator.size > 1 {
            say("\(communicator.size) ranks, this one with \(pool.threadCount) threads")
        }
        let settings = setup.settings
        let tokens =
            settings.batchSize * settings.accumulatedBatches * settings.windowLength
            * communicator.size
        let end = setup.plan.lastStep.map { "to step \($0)" } ?? "until Ctrl-C"
        say(
            "\(tokens) tokens a step, \(end), seed \(trainer.state.seed), about "
                + "\(HumanUnits.bytes(setup.estimate.total)) of memory"
                + (communicator.size > 1 ? " for each rank" : ""))
    }

    func tell(
        _ ending: TrainingLoop.Ending, _ trainer: Trainer, _ folder: RunFolder, firstStep: Int
    ) {
        let step = trainer.state.step
        switch ending {
        case .stopped where step == 0: say("stopped before the first step; nothing was learned")
        case .lastStep where step == firstStep:
            say("step \(step): this is as far as --steps or --epochs goes; raise it to go on")
        case .lastStep, .stopped: say("step \(step): done, and the model is in \(folder.path)")
        case .quit: say("step \(step): stopped without saving, as asked")
        case .noLongerImproving(let lowest):
            say(
                "step \(step): the validation loss was lowest at step \(lowest), whose model is "
                    + "now the newest in \(folder.path)")
        }
    }

    func list(_ table: ParameterTable) {
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
