import Glibc

extension AtomicFile {
    /// Where a file that is to be written as `path` goes: links followed, so that they stay and
    /// what they lead to is replaced.
    ///
    /// - Throws: `CheckpointError.noFileName`, or `.notReplaced` where something stands there
    ///   that a file must not replace: a folder, a device, a pipe.
    static func destination(of path: String, followsLinks: Bool = true) throws -> String {
        guard !path.isEmpty else { throw CheckpointError.noFileName }
        var status = stat()
        // Nothing to replace; if there is no way there either, creating the file says so.
        guard lstat(path, &status) == 0 else { return path }
        guard status.st_mode & S_IFMT == S_IFLNK else {
            try requireFile(status, path)
            return path
        }
        guard followsLinks else { return path }
        guard let resolved = realpath(path, nil) else {
            guard errno == ENOENT else { throw CheckpointError.writing(path, "follow", errno) }
            throw CheckpointError.notReplaced(path: path, kind: "a link that leads nowhere")
        }
        defer { free(resolved) }
        guard stat(resolved, &status) == 0 else {
            throw CheckpointError.writing(path, "follow", errno)
        }
        try requireFile(status, path)
        return String(cString: resolved)
    }

    private static func requireFile(_ status: stat, _ path: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError.notReplaced(
                path: path, kind: PositionedFile.kind(of: status.st_mode))
        }
    }
}
