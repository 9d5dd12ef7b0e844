import ArgumentParser
import Foundation
import Terminal
import Training

/// Makes a model of one's own: `bin/train --dataset chats/mom.txt`.
@main
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a GPT-2 on your own text, from a published model or from nothing.",
        discussion: """
            A run lives in checkpoint/<run_name>. Started again with the same line it goes on where \
            it stopped. Ctrl-C stops it after the step and saves.
            """,
        version: version
    )

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Learning") var learning: LearningOptions
    @OptionGroup(title: "Run") var place: RunOptions
    @OptionGroup(title: "Samples") var samples: SampleOptions
    @OptionGroup(title: "Taken for the original's sake") var original: OriginalOptions

    static func main() {
        runProgram(Self.self)
    }

    func run() throws {
        original.explain()
        try TrainingSession(self).run()
    }
}

/// Says on standard error what a person should know and no program need read.
func say(_ sentence: String) {
    writeError("train: \(sentence)\n")
}
