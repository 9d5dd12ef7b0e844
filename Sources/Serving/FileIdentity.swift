import Checkpoints
import Foundation

/// What tells a file from one that has been put in its place: device, inode, size and time of
/// change.
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
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

/// The files that one version of a model is made of, as they are now; equal while nobody has
/// touched them.
struct ModelSource: Equatable, Sendable {
    let folder: ModelFolder
    private let identities: [FileIdentity?]

    init(_ folder: ModelFolder) {
        self.folder = folder
        var files = [
            folder.configuration, folder.vocabulary.encoder, folder.vocabulary.merges,
        ]
        if let checkpoint = folder.checkpoint {
            // A TensorFlow checkpoint's weights lie beside its index.
            files += [checkpoint.path, checkpoint.path + ".index"]
            files.append(
                checkpoint.path.replacingOccurrences(of: ".index", with: "")
                    + ".data-00000-of-00001")
        }
        identities = files.map { FileIdentity($0) }
    }
}
