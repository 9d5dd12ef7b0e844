import Foundation

/// Keeps two processes from writing in one folder. It is let go when this is, or when the process
/// ends, however it does.
public final class FolderLock: Sendable {
    public enum Failure: Error {
        /// Another process holds it.
        case isHeld
        case cannotOpen(errno: Int32)
    }

    private let descriptor: Int32

    /// - Parameter folder: which has to be there.
    /// - Throws: `Failure`.
    public init(_ folder: String) throws(Failure) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(errno: errno) }
        // Where the file system has no locks, nothing can be kept apart; only a lock held counts.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            throw .isHeld
        }
    }

    deinit { close(descriptor) }
}
