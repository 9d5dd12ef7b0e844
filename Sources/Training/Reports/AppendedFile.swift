import Foundation

/// A file that only grows, by pieces that are whole or not there.
///
/// Each piece goes to the system at once, in one write: whoever reads the file meanwhile, or after
/// the process was killed, sees every piece that was appended.
final class AppendedFile {
    let path: String
    private let descriptor: Int32

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the file; what is in it stays.
    ///   - mustBeNew: whether a file that is already there is an error.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    init(path: String, mustBeNew: Bool = false) throws {
        self.path = path
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | (mustBeNew ? O_EXCL : 0)
        descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else { throw ReportError.writing(path, "open", errno) }
    }

    deinit { close(descriptor) }

    /// Appends `bytes` whole, or not at all.
    ///
    /// - Parameter bytes: the piece.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`; the file is as it was.
    func append(_ bytes: [UInt8]) throws {
        let before = lseek(descriptor, 0, SEEK_END)
        do {
            try bytes.withUnsafeBytes { try writeAll($0) }
        } catch {
            // A full disk may have taken a part. Where it cannot be taken back (a pipe), the
            // error that is thrown still says that the file is not whole.
            if before >= 0 { _ = ftruncate(descriptor, before) }
            throw error
        }
    }

    func append(_ text: String) throws { try append(Array(text.utf8)) }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw ReportError.writing(path, "write", errno)
            }
        }
    }

    /// Puts `bytes` where the last byte of the file is.
    ///
    /// - Parameter bytes: written in one piece.
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    func replaceLastByte(with bytes: [UInt8]) throws {
        // A descriptor of its own: on one that appends, the system ignores where to write.
        let writer = open(path, O_WRONLY | O_CLOEXEC)
        guard writer >= 0 else { throw ReportError.writing(path, "open", errno) }
        defer { close(writer) }
        let size = lseek(writer, 0, SEEK_END)
        guard size > 0 else { throw ReportError.writing(path, "write", EINVAL) }
        let count = pwrite(writer, bytes, bytes.count, size - 1)
        guard count == bytes.count else {
            throw ReportError.writing(path, "write", count < 0 ? errno : ENOSPC)
        }
    }

    /// Waits until all that was appended is on the disk.
    ///
    /// - Throws: `ReportError.cannotWrite` or `.diskFull`.
    func sync() throws {
        // What is no file on a disk, such as a pipe, cannot be synced and need not be.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw ReportError.writing(path, "sync", errno)
        }
    }
}
