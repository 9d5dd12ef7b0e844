import Cluster
import Compute
import Datasets
import Foundation
import GPT2
import Training

/// One session of a run, put together from the options: from where it begins to its last step.
///
/// Of several ranks each makes one. Rank 0 alone changes the disk and speaks to the person.
struct TrainingSession {
    let options: Train
    let cluster: Cluster
    let communicator: any Communicator
    let pool: ThreadPool

    init(_ options: Train, _ cluster: Cluster) {
        self.options = options
        self.cluster = cluster
        communicator = cluster.communicator
        let threads = options.learning.threads
        pool = ThreadPool(threadCount: threads > 0 ? threads : cluster.threadCount)
    }

    var isFirst: Bool { communicator.rank == 0 }

    func run() throws {
        let folder = RunFolder("\(options.place.checkpointFolder)/\(options.place.name)")
        // Before the others look: it may delete what they would begin with.
        let first = try communicator.together { isFirst ? try prepare(folder) : nil }
        defer { withExtendedLifetime(first?.lock) {} }
        let seed = try communicator.shared([options.learning.chosenSeed])[0]
        let setup = try communicator.together {
            try leavingNoEmptyFolder(folder) {
                try makeSetup(first?.beginning ?? beginning(in: folder), seed: seed, in: folder)
            }
        }
        try requireSame(setup)
        let trainer = try communicator.together { try makeTrainer(setup, in: folder) }
        try communicator.broadcast(trainer.weights.buffer.slice())
        if isFirst { tell(setup, trainer, folder) }
        if isFirst { list(trainer.weights.table) }
        try loop(trainer, folder: folder, setup)
    }

    /// Makes the run's folder fit to begin in, and keeps other sessions out of it.
    private func prepare(_ folder: RunFolder) throws -> (lock: RunLock, beginning: Beginning) {
        try folder.make()
        let lock = try RunLock(folder)
        try folder.prepare()
        return (lock, try leavingNoEmptyFolder(folder) { try beginning(in: folder) })
    }

    /// A run that cannot begin leaves nothing behind; a folder with something in it stays.
    private func leavingNoEmptyFolder<Outcome>(
        _ folder: RunFolder, _ body: () throws -> Outcome
    ) throws -> Outcome {
        do {
            return try body()
        } catch {
            if isFirst { rmdir(folder.path) }
            throw error
        }
    }

    private func beginning(in folder: RunFolder) throws -> Beginning {
        try Beginning(options.model, folder: folder, overwrites: options.place.overwrite)
    }

    private func loop(_ trainer: Trainer, folder: RunFolder, _ setup: Setup) throws {
        // With several ranks a signal may also mean that one was lost, and then nothing is saved.
        let interruption = Interruption { [size = communicator.size] in
            if size == 1 { say("stopping after this step; once more to stop without saving") }
        }
        func run(_ surroundings: TrainingLoop.Surroundings) throws -> TrainingLoop.Ending {
            defer { withExtendedLifetime(interruption) {} }
            return try TrainingLoop(
                trainer: trainer, folder: folder, plan: setup.plan,
                validation: setup.data.validation?.windows, communicator: communicator,
                surroundings: surroundings
            ).run()
        }
        guard isFirst else {
            _ = try run(TrainingLoop.Surroundings())
            try waitForAll()
            return
        }
        let commands = CommandFolder("commands")
        try commands.prepare()
        let heartbeat = Heartbeat(ProcessInfo.processInfo.environment["PONG"] ?? "pong.txt")
        let reports = try RunReports(
            folder: folder.path, runName: options.place.name,
            resumingAfter: trainer.state.step > 0 ? trainer.state.step : nil)
        let display = ProgressDisplay(
            firstStep: trainer.state.step, lastStep: setup.plan.lastStep)
        let samples = SampleWriter(
            weights: trainer.weights, tokenizer: setup.beginning.tokenizer,
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
            let window = try setup.data.training.windows.window(trainer.state.windowsUsed)
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
        surroundings.saved = { try reports.draw() }
        surroundings.say = { sentence in
            display.clear()
            say(sentence)
        }
        let firstStep = trainer.state.step
        let ending = try run(surroundings)
        display.clear()
        try reports.finish()
        tell(ending, trainer, folder, firstStep: firstStep)
        try waitForAll()
    }

    /// Who left while rank 0 still saves would end it.
    private func waitForAll() throws { _ = try communicator.sum([0]) }
}
