import Foundation

/// Reads and replaces files whole.
enum WholeFile {
    /// GPT-2's own files have 1 MB; a vocabulary file beyond this is something else.
    static let vocabularyLimit = 256 << 20

    /// The bytes of a regular file that has no more than `limit` of them.
    static func read(_ path: String, limit: Int = vocabularyLimit) throws -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TokenizerError(.unreadable(reason: "not a regular file"), file: path)
        }
        guard let size = Int(exactly: status.st_size), size <= limit else {
            throw TokenizerError(.fileTooLarge(limit: limit), file: path)
        }
        var bytes = [UInt8](repeating: 0, count: size)
        var done = 0
        while done < size {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(descriptor, buffer.baseAddress?.advanced(by: done), size - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { break }
            done += count
        }
        return Array(bytes[..<done])
    }

    /// Replaces the file, so that whoever looks finds either all of the old one or all of the new,
    /// even after a loss of power.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let tag = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let temporary = "\(path).\(tag).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw unwritable(path) }
        do {
            try writeAll(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw unwritable(path) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = unwritable(path)
            unlink(temporary)
            throw error
        }
        let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw unwritable(path) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw unwritable(path) }
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

    private static func unreadable(_ path: String) -> TokenizerError {
        TokenizerError(.unreadable(reason: String(cString: strerror(errno))), file: path)
    }

    private static func unwritable(_ path: String) -> TokenizerError {
        TokenizerError(.unwritable(reason: String(cString: strerror(errno))), file: path)
    }
}
