import Checkpoints
import Foundation
import GPT2
import Serving
import Tokenizer

/// A folder in Hugging Face's layout that is to be written.
struct HuggingFaceTarget {
    let folder: String

    var weights: String { path("model.safetensors") }
    private var configuration: String { path("config.json") }
    private var vocabulary: String { path(VocabularyFiles.huggingFace.vocabulary) }
    private var merges: String { path(VocabularyFiles.huggingFace.merges) }

    private func path(_ name: String) -> String {
        URL(fileURLWithPath: folder).appendingPathComponent(name).path
    }

    /// Finds out whether something is in the way.
    ///
    /// - Parameters:
    ///   - force: whether files that are there may be replaced.
    ///   - source: what will be read, and is never written over.
    /// - Throws: `TargetTaken`.
    func requireFree(force: Bool, source: ModelFolder) throws {
        let written = [weights, configuration, vocabulary, merges]
        let read = [
            source.checkpoint?.path, source.configuration, source.vocabulary.encoder,
            source.vocabulary.merges,
        ].compactMap(\.self).map(Self.resolved)
        if let both = written.first(where: { read.contains(Self.resolved($0)) }) {
            throw TargetTaken(path: both, isSource: true)
        }
        if !force, let there = written.first(where: FileManager.default.fileExists(atPath:)) {
            throw TargetTaken(path: there, isSource: false)
        }
    }

    /// Makes the folder and writes the four files. The weights are what takes room, so they are
    /// written first, and what they replace goes before the small files do: weights that stand
    /// there are always those of the vocabulary beside them.
    ///
    /// - Parameters:
    ///   - weights: the model's.
    ///   - endOfText: the token that ends texts; nil where there is none.
    ///   - files: its vocabulary's, which are copied.
    /// - Throws: `CheckpointError`; what reading the vocabulary throws.
    func write(
        _ weights: Weights, endOfText: Int32?, _ files: ModelFolder.Vocabulary
    ) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let config = weights.hyperparameters.huggingFaceConfiguration(endOfText: endOfText)
        let encoder = try Data(contentsOf: URL(fileURLWithPath: files.encoder))
        let pairs = try Data(contentsOf: URL(fileURLWithPath: files.merges))
        let newWeights = path(".model.safetensors.new")
        try weights.writeSafetensors(to: newWeights)
        do {
            // Of a run's folder this is only a name for its newest checkpoint, which stays.
            if unlink(self.weights) != 0, errno != ENOENT { throw failure(self.weights) }
            try replace(configuration, with: Data(config.utf8))
            try replace(vocabulary, with: encoder)
            try replace(merges, with: pairs)
            if rename(newWeights, self.weights) != 0 { throw failure(self.weights) }
        } catch {
            unlink(newWeights)
            throw error
        }
    }

    private func failure(_ path: String) -> CheckpointError {
        .cannotWrite(path: path, operation: "replace", errno: errno)
    }

    private func replace(_ path: String, with data: Data) throws {
        try AtomicFile.write(to: path, byteCount: data.count) { file in
            try file.append([UInt8](data))
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}

/// What stands where a file was to be written.
struct TargetTaken: Error, CustomStringConvertible {
    let path: String
    /// Whether it is what was to be converted.
    let isSource: Bool

    var description: String {
        isSource
            ? "\(path) is part of the model that is to be converted; name another folder"
            : "\(path) is there already; name another folder, or replace it with --force"
    }
}
