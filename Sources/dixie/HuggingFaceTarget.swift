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

    /// Makes the folder and writes the four files: each under another name at first, so that a full or
    /// broken disk leaves what was there, and then one after the other into its place.
    ///
    /// Weights that stand there are always those of the vocabulary beside them: where the small files
    /// change, what they replace goes before them.
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
        let small = [
            (path: configuration, bytes: Data(config.utf8)),
            (vocabulary, try Data(contentsOf: URL(fileURLWithPath: files.encoder))),
            (merges, try Data(contentsOf: URL(fileURLWithPath: files.merges))),
        ].filter { FileManager.default.contents(atPath: $0.path) != $0.bytes }
        for path in [self.weights] + small.map(\.path) where Self.isFolder(path) {
            throw CheckpointError.notReplaced(path: path, kind: "a folder")
        }
        // A run that was killed may have left some.
        removeNew()
        do {
            try weights.writeSafetensors(to: Self.new(self.weights))
            for file in small {
                try AtomicFile.write(to: Self.new(file.path), byteCount: file.bytes.count) {
                    try $0.append([UInt8](file.bytes))
                }
            }
            // Of a run's folder this is only a name for its newest checkpoint, which stays.
            if !small.isEmpty, unlink(self.weights) != 0, errno != ENOENT {
                throw failure(self.weights)
            }
            for path in small.map(\.path) + [self.weights] {
                guard rename(Self.new(path), path) == 0 else { throw failure(path) }
            }
        } catch {
            removeNew()
            throw error
        }
        try AtomicFile.syncFolder(folder, of: self.weights)
    }

    private var written: [String] { [weights, configuration, vocabulary, merges] }

    private func removeNew() {
        for path in written { unlink(Self.new(path)) }
    }

    /// Where a file stands until all are written.
    private static func new(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).new").path
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    private func failure(_ path: String) -> CheckpointError {
        .cannotWrite(path: path, operation: "replace", errno: errno)
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
