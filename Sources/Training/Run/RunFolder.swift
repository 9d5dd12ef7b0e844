import Checkpoints
import Compute
import Foundation
import GPT2

/// A run's folder, `checkpoint/<run>/`: its checkpoints, and what a model needs beside them.
///
/// Of a step N there are `training-N.state`, what the optimizer and the loop remember, and then
/// `model-N.safetensors`, the model. Each is whole or not there, and a model's file is written last
/// and removed first, so that where a model stands, its state does too.
public struct RunFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The steps that checkpoints of our own stand for, in order.
    ///
    /// - Throws: Foundation's error where the folder cannot be read.
    public func steps() throws -> [Int] { try numbers(prefix: "model-", suffix: ".safetensors") }

    public func modelPath(_ step: Int) -> String { join("model-\(step).safetensors") }
    public func statePath(_ step: Int) -> String { join("training-\(step).state") }

    /// Makes the folder.
    ///
    /// - Throws: `TrainingError.cannotWrite`.
    public func make() throws {
        try TrainingError.writing(path) {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
    }

    /// Removes what a run that was killed left in the folder. Only for who holds its lock: what
    /// another process is about to save looks the same.
    ///
    /// - Throws: `TrainingError.cannotWrite`, `CheckpointError`.
    public func prepare() throws {
        try AtomicFile.sweep(path)
        let steps = Set(try steps())
        for step in try numbers(prefix: "training-", suffix: ".state")
        where !steps.contains(step) {
            try remove(statePath(step))
        }
    }

    /// Puts the model's configuration and vocabulary beside the checkpoints, under the names that
    /// Hugging Face's libraries look for.
    ///
    /// - Parameters:
    ///   - replacing: what another model left in the folder, under OpenAI's names too; otherwise
    ///     files that are there stay as they are.
    ///   - size: of the model.
    ///   - endOfText: the token that ends texts; nil where there is none.
    ///   - vocabulary: files of the tokenizer.
    /// - Throws: `CheckpointError`, or Foundation's error where a file cannot be read.
    public func describe(
        replacing: Bool, _ size: Hyperparameters, endOfText: Int32?,
        vocabulary: (encoder: String, merges: String)
    ) throws {
        let files = [
            ("config.json", Data(size.huggingFaceConfiguration(endOfText: endOfText).utf8)),
            ("vocab.json", try Data(contentsOf: URL(fileURLWithPath: vocabulary.encoder))),
            ("merges.txt", try Data(contentsOf: URL(fileURLWithPath: vocabulary.merges))),
        ]
        for (name, data) in files
        where replacing || !FileManager.default.fileExists(atPath: join(name)) {
            try AtomicFile.write(to: join(name), byteCount: data.count) { file in
                try file.append([UInt8](data))
            }
        }
        // Where both are there, these are the ones a model is opened with.
        if replacing {
            for name in ["hparams.json", "encoder.json", "vocab.bpe"] { try remove(join(name)) }
        }
    }

    /// Deletes the checkpoints after `step`, such as those that a run goes back behind.
    ///
    /// - Throws: `TrainingError.foreignCheckpoint` before any is deleted, where another program
    ///   saved one that would count as newer; `.cannotWrite`, or Foundation's error.
    public func deleteCheckpoints(after step: Int) throws {
        try requireNoForeignCheckpoint(after: step)
        let steps = try steps()
        // What stays is pointed at before the rest goes.
        if let newest = steps.last(where: { $0 <= step }) {
            try link(newest)
            try writeCounter(newest)
        } else {
            if hasLink { try remove(join("model.safetensors")) }
            try remove(join("counter"))
        }
        for later in steps.reversed() where later > step { try delete(later) }
    }

    /// Sees to it that `deleteCheckpoints` can do what it should.
    ///
    /// - Throws: `TrainingError.foreignCheckpoint`.
    public func requireNoForeignCheckpoint(after step: Int) throws {
        for checkpoint in try CheckpointFinder.numbered(inFolder: path) {
            guard let number = checkpoint.step, number > step else { continue }
            guard checkpoint.path.hasSuffix("/model-\(number).safetensors") else {
                throw TrainingError.foreignCheckpoint(path: checkpoint.path)
            }
        }
    }

    /// Deletes what was reported of a run that is begun anew.
    ///
    /// - Throws: `TrainingError.cannotWrite`, or Foundation's error.
    public func deleteReports() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path)
        where ["loss.csv", "loss.svg", "train.log"].contains(name)
            || name.hasPrefix("events.out.tfevents.")
        {
            try remove(join(name))
        }
    }

    /// Deletes the oldest checkpoints until there are only so many, but never one of `sparing`.
    ///
    /// - Throws: `TrainingError.cannotWrite`, or Foundation's error.
    public func deleteOldest(keeping count: Int, sparing: Int?) throws {
        let steps = try steps()
        for step in steps.dropLast(max(1, count)) where step != sparing { try delete(step) }
    }

    /// Whether `model.safetensors` is a model of its own, such as one that somebody put there, and
    /// not a name for the newest checkpoint. It then stays as it is.
    public var holdsUnnumberedModel: Bool {
        FileManager.default.fileExists(atPath: join("model.safetensors")) && !hasLink
    }

    private var hasLink: Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: join("model.safetensors")))
            != nil
    }

    /// Makes `model.safetensors` the checkpoint of a step: a name that other libraries open. Not
    /// where a model of that name stands already, and not on disks that know no such links.
    func link(_ step: Int) throws {
        guard !holdsUnnumberedModel else { return }
        let path = join("model.safetensors")
        let temporary = join(".model.safetensors.link")
        try TrainingError.writing(path) {
            unlink(temporary)
            guard symlink("model-\(step).safetensors", temporary) == 0 else {
                if [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) { return }
                throw TrainingError.systemError()
            }
            guard rename(temporary, path) == 0 else { throw TrainingError.systemError() }
        }
    }

    func writeCounter(_ step: Int) throws {
        try AtomicFile.write(to: join("counter")) { try $0.append(Array("\(step)\n".utf8)) }
    }

    private func delete(_ step: Int) throws {
        try remove(modelPath(step))
        try remove(statePath(step))
        // What was made of the model by who served it.
        for format in WeightFormat.allCases {
            try remove(PreparedFile.path(beside: modelPath(step), format: format.rawValue))
        }
    }

    private func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw TrainingError.cannotWrite(path: path, reason: TrainingError.systemReason)
        }
    }

    private func numbers(prefix: String, suffix: String) throws -> [Int] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
            return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
        }.filter { (0...TrainingState.highestCount).contains($0) }.sorted()
    }

    func join(_ name: String) -> String { path + "/" + name }
}

extension TrainingError {
    static var systemReason: String { String(cString: strerror(errno)) }

    static func systemError() -> any Error { POSIXError(.init(rawValue: errno) ?? .EIO) }

    /// Says of what `body` could not do which path it was for.
    static func writing<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            let reason = (error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
            throw TrainingError.cannotWrite(
                path: path, reason: reason ?? (error as NSError).localizedDescription)
        }
    }
}
