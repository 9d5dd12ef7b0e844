import Foundation

/// Reads and replaces files whole; see `WholeFile+Write.swift` for the second.
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

    private static func unreadable(_ path: String) -> TokenizerError {
        TokenizerError(.unreadable(reason: String(cString: strerror(errno))), file: path)
    }
}
