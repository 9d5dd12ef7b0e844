import Foundation

/// Keeps two processes from training in one folder. It is let go when this is, or when the process
/// ends, however it does.
public final class RunLock {
    private let descriptor: Int32

    /// - Parameter folder: which has to be there.
    /// - Throws: `TrainingError.inUse` when another process holds it, `.cannotWrite` when the
    ///   folder cannot be opened.
    public init(_ folder: RunFolder) throws {
        descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TrainingError.cannotWrite(path: folder.path, reason: TrainingError.systemReason)
        }
        // Where the file system has no locks, nothing can be kept apart; only a lock held counts.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw TrainingError.inUse(folder: folder.path)
        }
    }

    deinit { close(descriptor) }
}
