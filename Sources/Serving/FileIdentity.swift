import Checkpoints
import Foundation

/// What tells a file from what was there before: device, inode, size and time of change.
///
/// The time is that of any change, which a copy that keeps the time of writing cannot hide.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_ctim.tv_sec
        nanoseconds = status.st_ctim.tv_nsec
    }
}

/// The files that one version of a model is made of, as they are now, and how it is kept; equal while
/// nobody has touched them.
struct ModelSource: Equatable, Sendable {
    let folder: ModelFolder
    let form: ModelForm
    private let identities: [String: FileIdentity]

    init(_ folder: ModelFolder, form: ModelForm = ModelForm()) {
        self.folder = folder
        self.form = form
        var files = [
            folder.configuration, folder.vocabulary.encoder, folder.vocabulary.merges,
        ]
        if let checkpoint = folder.checkpoint {
            files += [checkpoint.path] + Self.parts(of: checkpoint.path)
        }
        var identities: [String: FileIdentity] = [:]
        for file in files { identities[file] = FileIdentity(file) }
        self.identities = identities
    }

    /// The files beside an index that hold the weights: `model.ckpt.data-00000-of-00001` of
    /// `model.ckpt.index`, `model-00001-of-00002.safetensors` of `model.safetensors.index.json`.
    private static func parts(of path: String) -> [String] {
        let file = URL(fileURLWithPath: path)
        let (name, folder) = (file.lastPathComponent, file.deletingLastPathComponent().path)
        let (start, end): (String, String)
        if name.hasSuffix(".safetensors.index.json") {
            (start, end) = (name.dropLast(".safetensors.index.json".count) + "-", ".safetensors")
        } else if name.hasSuffix(".index") {
            (start, end) = (name.dropLast(".index".count) + ".data-", "")
        } else {
            return []
        }
        // A folder that cannot be read now cannot be loaded from later, which says so.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(start) && $0.hasSuffix(end) }
            .map { folder + "/" + $0 }
    }
}
