import ArgumentParser
import Cluster
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
            it stopped. Ctrl-C stops it after the step and saves. Started by mpirun, several \
            processes train one model: see docs/CLUSTER.md.
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
        let cluster = try Cluster()
        let rank = cluster.communicator.rank
        do {
            if rank == 0 { original.explain() }
            try TrainingSession(self, cluster).run()
        } catch let failure as FailedTogether {
            // Before the ranks part: of those that then exit, the first one ends the rest.
            if let cause = failure.cause { writeError("Error: \(sentence(on: cause))\n") }
            cluster.leave()
            throw ExitCode.failure
        } catch  where cluster.communicator.size > 1 {
            // The others wait for this rank. What all of them see, one says, and ends them.
            if isSaidElsewhere(error, rank: rank) {
                Thread.sleep(forTimeInterval: 5)
            } else {
                writeError("Error: rank \(rank): \(sentence(on: error))\n")
            }
            cluster.abort()
        }
        cluster.leave()
    }

    /// That a rank was lost is said by the first one that is still there; that the loss is no
    /// number, which all find at once, by the first.
    private func isSaidElsewhere(_ error: any Error, rank: Int) -> Bool {
        if case TrainingError.diverged = error { return rank != 0 }
        guard case CommunicationError.lost(let lost?, _) = error else { return false }
        return rank != (lost == 0 ? 1 : 0)
    }
}

/// Says on standard error what a person should know and no program need read.
func say(_ sentence: String) {
    writeError("train: \(sentence)\n")
}
