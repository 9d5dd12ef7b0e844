import Glibc

/// A regular file open for reading at any offset, from any thread.
///
/// Every read is checked against the size the file had when it was opened, and after it the file
/// must still have that size and time of writing. Files are read, never mapped: a mapped file that
/// someone truncates kills the process.
public final class PositionedFile: Sendable {
    /// The path as the user gave it.
    public let path: String
    /// In bytes, when it was opened.
    public let size: Int
    private let descriptor: Int32
    private let written: timespec

    /// Opens a file.
    ///
    /// - Parameter path: a regular file; links are followed.
    /// - Throws: `CheckpointError`: no such file, not a regular file, not readable.
    public init(path: String) throws {
        // Without O_NONBLOCK, opening a pipe nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? CheckpointError.noSuchFile(path: path)
                : CheckpointError.cannotOpen(path: path, errno: errno)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw CheckpointError.cannotOpen(path: path, errno: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CheckpointError.notAFile(path: path, kind: Self.kind(of: status.st_mode))
        }
        self.path = path
        self.size = Int(status.st_size)
        self.descriptor = descriptor
        self.written = status.st_mtim
    }

    deinit { close(descriptor) }

    /// What a file that is not a regular one is called in errors.
    static func kind(of mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFBLK, S_IFCHR: "a device"
        default: "a pipe or socket"
        }
    }

    /// Throws unless `count` bytes at `offset` lie inside the file; safe for any two numbers.
    ///
    /// - Parameters:
    ///   - offset: of the first byte.
    ///   - count: in bytes.
    ///   - part: what is there, for the error: "the header".
    /// - Throws: `CheckpointError.malformed` or `.tooShort`.
    public func requireRange(at offset: Int, count: Int, of part: String) throws {
        let (end, overflow) = offset.addingReportingOverflow(count)
        guard offset >= 0, count >= 0, !overflow else {
            throw CheckpointError.malformed(
                path: path, part: part, fault: "its offset or length is impossible")
        }
        guard end <= size else {
            throw CheckpointError.tooShort(path: path, part: part, end: end, size: size)
        }
    }

    /// Fills `destination` with the bytes at `offset`.
    ///
    /// - Parameters:
    ///   - offset: of the first byte.
    ///   - destination: filled whole.
    ///   - part: what is there, for the error.
    /// - Throws: `CheckpointError`: outside the file, changed meanwhile, a failing disk.
    public func read(
        at offset: Int, into destination: UnsafeMutableRawBufferPointer, part: String
    ) throws {
        try requireRange(at: offset, count: destination.count, of: part)
        var done = 0
        while done < destination.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: destination[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw CheckpointError.changedWhileReading(path: path)
            } else if errno != EINTR {
                throw CheckpointError.cannotRead(path: path, errno: errno)
            }
        }
        try requireUnchanged()
    }

    /// The bytes at `offset`, in an array; for headers and tables.
    ///
    /// - Parameters:
    ///   - offset: of the first byte.
    ///   - count: in bytes; bound it before calling, it is allocated once it lies in the file.
    ///   - part: what is there, for the error.
    /// - Returns: `count` bytes.
    /// - Throws: as `read(at:into:part:)`.
    public func bytes(at offset: Int, count: Int, part: String) throws -> [UInt8] {
        try requireRange(at: offset, count: count, of: part)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let room = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            try read(at: offset, into: room, part: part)
            initialized = count
        }
    }

    /// Throws `CheckpointError.changedWhileReading` if somebody wrote to the file since it was
    /// opened.
    public func requireUnchanged() throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CheckpointError.cannotRead(path: path, errno: errno)
        }
        guard Int(status.st_size) == size, status.st_mtim.tv_sec == written.tv_sec,
            status.st_mtim.tv_nsec == written.tv_nsec
        else { throw CheckpointError.changedWhileReading(path: path) }
    }
}
