import Checkpoints
import Foundation

/// Keeps two processes from training in one folder.
public final class RunLock {
    private let lock: FolderLock

    /// - Parameter folder: which has to be there.
    /// - Throws: `TrainingError.inUse` when another process holds it, `.cannotWrite` when the
    ///   folder cannot be opened.
    public init(_ folder: RunFolder) throws {
        do {
            lock = try FolderLock(folder.path)
        } catch .isHeld {
            throw TrainingError.inUse(folder: folder.path)
        } catch .cannotOpen(let errno) {
            throw TrainingError.cannotWrite(
                path: folder.path, reason: String(cString: strerror(errno)))
        }
    }
}
