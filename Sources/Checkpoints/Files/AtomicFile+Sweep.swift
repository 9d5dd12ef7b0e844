import Foundation

extension AtomicFile {
    /// Removes the temporaries that processes of this machine left in a folder when they were
    /// killed. Those of processes that still run stay: by their ids and, where several containers
    /// share a folder, by the locks on their temporaries.
    ///
    /// - Parameter folder: where files were being written.
    /// - Returns: the names of what was removed.
    /// - Throws: `CheckpointError`: the folder cannot be read, a temporary cannot be removed.
    @discardableResult
    public static func sweep(_ folder: String) throws -> [String] {
        try Path.names(in: folder).filter { name in
            guard let writer = writer(ofTemporary: name), kill(writer, 0) != 0, errno == ESRCH
            else { return false }
            let path = Path.join(folder, name)
            guard !isLocked(path) else { return false }
            // Somebody else may be sweeping too.
            guard unlink(path) == 0 || errno == ENOENT else {
                throw CheckpointError.writing(path, "remove", errno)
            }
            return true
        }
    }

    /// Whether a process that this one may not see is writing the file.
    private static func isLocked(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The process that made a temporary; nil for every other name.
    private static func writer(ofTemporary name: String) -> pid_t? {
        guard name.hasPrefix("."), let mark = name.range(of: temporaryMark, options: .backwards)
        else { return nil }
        let parts = name[mark.upperBound...].split(separator: "-")
        guard parts.count == 2, let writer = pid_t(parts[0]), writer > 0 else { return nil }
        return writer
    }
}
