import Foundation
import Terminal
import Training

/// What a person sees of a run: a bar with the loss, the speed, the time left and the memory; or,
/// where there is no terminal, a line now and then.
final class ProgressDisplay {
    private let firstStep: Int
    private let lastStep: Int?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var bar: ProgressBar
    private var pace = StepPace()
    private var lastStepEnd = ContinuousClock.now
    private var lastLine: ContinuousClock.Instant?
    private var lastRedraw: ContinuousClock.Instant?

    init(firstStep: Int, lastStep: Int?) {
        self.firstStep = firstStep
        self.lastStep = lastStep
        bar = ProgressBar("training")
    }

    func show(_ record: TrainingRecord) {
        let now = ContinuousClock.now
        pace.add((now - lastStepEnd) / .seconds(1))
        lastStepEnd = now
        let note = note(record)
        if isTerminal {
            // Small models take a hundred steps a second, and nobody reads that fast.
            if let lastRedraw, now - lastRedraw < .milliseconds(100) { return }
            lastRedraw = now
            if let lastStep {
                bar.update(record.step - firstStep, of: lastStep - firstStep, note: note)
            } else {
                writeError("\r\u{1B}[Kstep \(record.step) \(note)")
            }
        } else if lastLine.map({ now - $0 >= .seconds(10) }) ?? true {
            lastLine = now
            writeError("step \(record.step)\(lastStep.map { " of \($0)" } ?? ""): \(note)\n")
        }
    }

    /// Makes room for a line of something else.
    func clear() {
        if isTerminal { writeError("\r\u{1B}[K") }
    }

    private func note(_ record: TrainingRecord) -> String {
        ProgressNote(
            loss: record.loss, averageLoss: record.averageLoss,
            tokensPerSecond: record.tokensPerSecond,
            secondsLeft: lastStep.flatMap { pace.seconds(for: $0 - record.step) }
        ).description
    }
}
