import Glibc

/// A file that is written whole or not at all.
///
/// The bytes go to a temporary beside it, which is synced and renamed over the old file, and the
/// folder is synced: a crash at any moment leaves the whole old file or the whole new one. Where
/// the path is a link, the file it leads to is replaced; devices, pipes and folders never are.
public final class AtomicFile {
    /// What the file will be called.
    public let path: String
    /// `path` with its links followed: what the temporary is renamed to.
    private let destination: String
    private let temporary: String
    private var descriptor: Int32
    private var pending: [UInt8] = []
    /// Whether the temporary has been renamed or removed.
    private var isFinished = false
    /// Whether the temporary may be longer than what was written.
    private var isReserved = false
    /// How many bytes have been written so far.
    public private(set) var offset = 0

    static let temporaryMark = ".tmp-"
    private static let bufferByteCount = 1 << 20

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - path: the file, replaced if there is one.
    ///   - byteCount: its size where it is known, set aside first, so that a full disk shows at
    ///     once and not after half an hour.
    ///   - followsLinks: whether of a link the file it leads to is replaced, and not the link.
    ///   - body: writes the contents, in order.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` threw, or `CheckpointError.noFileName`, `.notReplaced`, `.diskFull`,
    ///   `.cannotWrite`; the temporary is gone and the old file untouched.
    public static func write<Result>(
        to path: String, byteCount: Int? = nil, followsLinks: Bool = true,
        _ body: (AtomicFile) throws -> Result
    ) throws -> Result {
        let file = try AtomicFile(path: path, followsLinks: followsLinks)
        do {
            if let byteCount { try file.reserve(byteCount) }
            let result = try body(file)
            try file.commit()
            return result
        } catch {
            file.discard()
            throw error
        }
    }

    private init(path: String, followsLinks: Bool) throws {
        self.path = path
        destination = try Self.destination(of: path, followsLinks: followsLinks)
        let tag = String(UInt64.random(in: 0 ... .max), radix: 36)
        // What killed processes left would otherwise stay for ever. That it cannot be removed, or
        // that somebody else removes it first, is no reason not to write.
        _ = try? Self.sweep(Path.folder(of: destination))
        let name = Path.name(of: destination)
        temporary = Path.sibling(
            ".\(name)\(Self.temporaryMark)\(getpid())-\(tag)", of: destination)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("create") }
        // Tells a sweep in another container, to which our process id means nothing, that we live.
        // Where the file system has no locks, the process id has to do.
        flock(descriptor, LOCK_SH | LOCK_NB)
        pending.reserveCapacity(Self.bufferByteCount)
    }

    deinit { discard() }

    /// Writes `bytes` after all that was written before.
    ///
    /// - Parameter bytes: copied, or written before this returns.
    /// - Throws: `CheckpointError.diskFull` or `.cannotWrite`.
    public func append(_ bytes: UnsafeRawBufferPointer) throws {
        offset += bytes.count
        if pending.count + bytes.count > Self.bufferByteCount { try flush() }
        if bytes.count > Self.bufferByteCount {
            try writeAll(bytes)
        } else {
            pending.append(contentsOf: bytes)
        }
    }

    /// Writes `bytes` after all that was written before; see `append(_:)`.
    public func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    /// Replaces bytes that were written before, such as a length known only at the end.
    ///
    /// - Parameters:
    ///   - start: of the first byte; all of them were written before.
    ///   - bytes: what to put there.
    /// - Throws: `CheckpointError.diskFull` or `.cannotWrite`.
    public func replace(at start: Int, with bytes: [UInt8]) throws {
        precondition(start >= 0 && start + bytes.count <= offset)
        try flush()
        try bytes.withUnsafeBytes { try writeAll($0, at: start) }
    }

    private func reserve(_ byteCount: Int) throws {
        let code = posix_fallocate(descriptor, 0, off_t(byteCount))
        // Only what is certain is an error: some file systems cannot reserve.
        if [ENOSPC, EDQUOT, EFBIG].contains(code) {
            throw CheckpointError.writing(path, "reserve", code)
        }
        isReserved = code == 0
    }

    private func flush() throws {
        try pending.withUnsafeBytes { try writeAll($0) }
        pending.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer, at start: Int? = nil) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count =
                if let start {
                    pwrite(descriptor, rest.baseAddress, rest.count, off_t(start + done))
                } else {
                    Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure("write")
            }
        }
    }

    private func commit() throws {
        try flush()
        if isReserved, ftruncate(descriptor, off_t(offset)) != 0 { throw failure("write") }
        // A failed sync is final: the kernel may have dropped the pages it could not write, so
        // syncing the same file again would prove nothing.
        guard fsync(descriptor) == 0 else { throw failure("sync") }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw failure("close") }
        guard rename(temporary, destination) == 0 else { throw failure("rename") }
        isFinished = true
        try Self.syncFolder(Path.folder(of: destination), of: path)
    }

    /// Has the names in a folder outlast a loss of power.
    ///
    /// - Parameters:
    ///   - folder: which.
    ///   - path: the file that was put there, for the error.
    /// - Throws: `CheckpointError.diskFull` or `.cannotWrite`.
    public static func syncFolder(_ folder: String, of path: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CheckpointError.writing(path, "open its folder", errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw CheckpointError.writing(path, "sync its folder", errno)
        }
    }

    /// Removes the temporary unless it has been renamed.
    private func discard() {
        guard !isFinished else { return }
        isFinished = true
        if descriptor >= 0 { close(descriptor) }
        unlink(temporary)
    }

    private func failure(_ operation: String) -> CheckpointError {
        .writing(path, operation, errno)
    }
}

extension CheckpointError {
    /// What a failed system call means to who wanted to write `path`.
    static func writing(_ path: String, _ operation: String, _ errno: Int32) -> CheckpointError {
        errno == ENOSPC || errno == EDQUOT
            ? .diskFull(path: path)
            : .cannotWrite(path: path, operation: operation, errno: errno)
    }
}
