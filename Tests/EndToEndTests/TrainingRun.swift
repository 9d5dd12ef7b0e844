import Foundation
import TestSupport

/// A folder in which the real `train` makes tiny models from a committed vocabulary.
struct TrainingRun {
    let folder: TemporaryFolder

    static let vocabulary = fixture("models/red").path

    init() throws {
        folder = try TemporaryFolder()
        let turns = (0..<200).map {
            "\($0 % 2)|mom|I have \($0) apples and \($0 * 3) pears <EOM>\n"
        }
        try folder.write(turns.joined(), to: "chat.txt")
    }

    /// Flags that make a fresh tiny model of `chat.txt`, the same one each time.
    var flags: [String] {
        learningFlags + [
            "--fresh_model", "--vocabulary", Self.vocabulary, "--n_ctx", "16", "--n_embd", "16",
            "--n_head", "2", "--n_layer", "2",
        ]
    }

    /// The same without the model.
    var learningFlags: [String] {
        [
            "--dataset", "chat.txt", "--learning_rate", "0.01", "--batch_size", "2",
            "--sample_every", "0", "--deterministic", "--threads", "1",
        ]
    }

    @discardableResult
    func train(_ more: [String]) throws -> Program.Result {
        try Program.train.run(flags + more, in: folder.url)
    }

    /// Starts a run that has to be stopped.
    func start(
        _ more: [String] = []
    ) throws -> (process: Process, errors: PipeReader) {
        let command = Command(Program.train.url, flags + more, in: folder.url)
        let errors = Pipe()
        command.process.standardError = errors
        try command.process.run()
        return (command.process, PipeReader(errors))
    }

    /// The bytes of a file of a run.
    func bytes(_ name: String, of run: String = "run1") throws -> Data {
        try Data(contentsOf: folder.url.appendingPathComponent("checkpoint/\(run)/\(name)"))
    }

    /// The names in a run's folder.
    func names(of run: String = "run1") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("checkpoint/\(run)"))
            .sorted()
    }

    /// The rows of a run's table, without the speed, which no two runs share.
    func losses(of run: String = "run1") throws -> [[Substring]] {
        String(decoding: try bytes("loss.csv", of: run), as: UTF8.self)
            .split(separator: "\n").map { line in
                var cells = line.split(separator: ",", omittingEmptySubsequences: false)
                cells.remove(at: 5)
                return cells
            }
    }
}
