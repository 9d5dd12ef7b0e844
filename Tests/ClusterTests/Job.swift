import Checkpoints
import Foundation
import GPT2
import TestSupport

/// Runs of the real `train`, started by the real `mpirun`, in a folder of their own.
final class Job {
    let folder: TemporaryFolder

    /// Nil where `mpirun` can start ranks of this build.
    static let obstacle: String? = {
        #if MPI
            return mpirun == nil ? "there is no mpirun; install openmpi-bin" : nil
        #else
            return "this build has no MPI; build it with --traits MPI"
        #endif
    }()
    static let isPossible = obstacle == nil

    private static let mpirun = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { URL(fileURLWithPath: "\($0)/mpirun") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    static let train = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("train")

    /// A chat log, so that with a mask each window, and each rank, has another number of targets.
    init() throws {
        folder = try TemporaryFolder()
        let turns = (0..<200).map { turn in
            let pears = String(repeating: " and pears", count: turn * turn % 5)
            return "\(turn % 2)|mom|I have \(turn) apples\(pears) and \(turn * 3) plums <EOM>\n"
        }
        try folder.write(turns.joined(), to: "chat.txt")
    }

    /// Flags that make a fresh tiny model of the chat log, the same one each time.
    static func flags(width: Int = 16, layers: Int = 2) -> [String] {
        [
            "--dataset", "chat.txt", "--fresh_model", "--vocabulary", fixture("models/red").path,
            "--n_ctx", "16", "--n_embd", "\(width)", "--n_head", "2", "--n_layer", "\(layers)",
            "--sample_every", "0", "--deterministic", "--threads", "1",
        ]
    }

    /// A program that is started on so many ranks; several make one job.
    struct Part {
        let ranks: Int
        let flags: [String]
    }

    /// Starts a job on this machine.
    ///
    /// - Parameters:
    ///   - parts: what to start.
    ///   - patience: seconds that `mpirun` leaves ranks, twice, before it kills them.
    /// - Returns: the job, under way.
    /// - Throws: where it cannot be started.
    func start(_ parts: [Part], patience: Int = 1) throws -> RunningJob {
        guard let mpirun = Self.mpirun else { throw CocoaError(.fileNoSuchFile) }
        // The threads of tests have signals blocked, and mpirun would have them blocked too.
        let unblocked = ["--default-signal", mpirun.path]
        let timeout = ["--mca", "odls_base_sigkill_timeout", "\(patience)"]
        let programs = parts.map {
            ["-np", "\($0.ranks)", Self.train.path] + $0.flags
        }.joined(separator: [":"])
        return try RunningJob(
            URL(fileURLWithPath: "/usr/bin/env"),
            unblocked + ["--allow-run-as-root", "--oversubscribe"] + timeout + programs,
            in: folder)
    }

    /// Runs a job to its end; on no ranks, as a process of its own without `mpirun`.
    func run(ranks: Int, _ flags: [String]) throws -> Ending {
        guard ranks == 0 else { return try start([Part(ranks: ranks, flags: flags)]).end() }
        return try RunningJob(Self.train, flags, in: folder).end()
    }

    /// How a job ended, and what it said.
    struct Ending {
        let status: Int32
        let errors: String

        func count(_ part: String) -> Int { errors.components(separatedBy: part).count - 1 }
    }

    /// The names in a run's folder.
    func names(of run: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("checkpoint/\(run)"))
            .sorted()
    }

    /// All floats of a run's model.
    func weights(of run: String) throws -> [Float] {
        let path = folder.path("checkpoint/\(run)")
        let size = try Hyperparameters(contentsOf: "\(path)/config.json")
        let weights = try Weights(size, from: openCheckpoint("\(path)/model.safetensors"))
        return weights.table.entries.flatMap { Array(weights.floats(of: $0)) }
    }
}
