import Foundation

extension WholeFile {
    /// Replaces the file, so that whoever looks finds either all of the old one or all of the new,
    /// even after a loss of power. Links are followed and stay.
    ///
    /// - Throws: `TokenizerError`: not writable, or what stands there is no file.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let destination = URL(fileURLWithPath: try destination(of: path))
        let folder = destination.deletingLastPathComponent()
        let tag = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        // Named as `Checkpoints.AtomicFile` names its own, whose sweep takes both.
        let temporary = folder.appendingPathComponent(
            ".\(destination.lastPathComponent).tmp-\(getpid())-\(tag)"
        ).path
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw unwritable(path) }
        // As there, keeps a sweep in another container away.
        flock(descriptor, LOCK_SH | LOCK_NB)
        do {
            try writeAll(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw unwritable(path) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, destination.path) == 0 else {
            let error = unwritable(path)
            unlink(temporary)
            throw error
        }
        let folderDescriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw unwritable(path) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw unwritable(path) }
    }

    /// What `path` leads to: a file, or nothing yet.
    private static func destination(of path: String) throws -> String {
        guard !path.isEmpty else { throw TokenizerError(.noFileName) }
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        var destination = path
        if status.st_mode & S_IFMT == S_IFLNK {
            guard let resolved = realpath(path, nil) else { throw unwritable(path) }
            defer { free(resolved) }
            destination = String(cString: resolved)
            guard stat(destination, &status) == 0 else { throw unwritable(path) }
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return destination
        case S_IFDIR: throw TokenizerError(.notReplaced(kind: "a folder"), file: path)
        case S_IFBLK, S_IFCHR: throw TokenizerError(.notReplaced(kind: "a device"), file: path)
        default: throw TokenizerError(.notReplaced(kind: "a pipe or socket"), file: path)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(
                    descriptor, buffer.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw unwritable(path) }
            done += count
        }
    }

    private static func unwritable(_ path: String) -> TokenizerError {
        TokenizerError(.unwritable(reason: String(cString: strerror(errno))), file: path)
    }
}
