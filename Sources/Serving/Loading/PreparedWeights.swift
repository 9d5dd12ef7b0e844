import Checkpoints
import Compute
import Crypto
import Foundation
import GPT2

/// Weights in the form they serve in, with the digest of what they were made of.
struct PreparedWeights: Sendable {
    let weights: PackedWeights
    let digest: SHA256Digest

    /// Packs a checkpoint, and hashes it on the way.
    ///
    /// - Throws: as `PackedWeights.init(_:from:visit:)`; `CryptoError`.
    init(packing path: String, _ layout: PackedLayout) throws {
        let digest = WeightDigest(ParameterTable(layout.hyperparameters))
        weights = try PackedWeights(layout, from: openCheckpoint(path)) { index, floats in
            try digest.add(index, floats)
        }
        self.digest = try digest.finalize()
    }

    /// Reads what `write` has written; nil where there is no such file, or one of another model,
    /// format, checkpoint or kernel.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - layout: of the model wanted.
    ///   - files: what it has to be made of.
    /// - Throws: `CheckpointError`: damaged, or it cannot be read; `ComputeError` when there is no
    ///   memory.
    init?(reading path: String, _ layout: PackedLayout, of files: WeightFiles) throws {
        guard let file = try SealedFile(path: path, contents: Self.contents(layout, files)),
            let digest = SHA256Digest(bytes: file.note)
        else { return nil }
        let buffer = try ByteBuffer(count: layout.byteCount)
        try file.read(into: buffer.bytes)
        weights = PackedWeights(layout, in: buffer)
        self.digest = digest
    }

    /// Keeps them in a file, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: the file, replaced if there is one; its folder is made where there is none.
    ///   - files: what they were made of.
    /// - Throws: `CheckpointError`, also where there can be no such folder.
    func write(to path: String, of files: WeightFiles) throws {
        // Where there can be no such folder, creating the file says why.
        try? FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        try weights.withBytes { bytes in
            try SealedFile.write(
                to: path, contents: Self.contents(weights.layout, files), note: digest.bytes,
                run: bytes)
        }
    }

    /// Everything that has to be the same for the bytes to be the right ones, as text that a person
    /// can read at the start of the file.
    private static func contents(
        _ layout: PackedLayout, _ files: WeightFiles
    ) -> SealedFile.Contents {
        let lines = ["dixie prepared weights 1", layout.identity] + files.lines
        return SealedFile.Contents(
            label: Array((lines.joined(separator: "\n") + "\n").utf8),
            byteCount: layout.byteCount, noteByteCount: SHA256Digest.byteCount)
    }
}
