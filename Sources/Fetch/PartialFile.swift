import Foundation

/// The bytes of a file that have arrived so far, in `NAME.part` beside the target, with what they
/// are a part of in `NAME.part.source`. Locked, so that two processes do not write one file.
///
/// Not thread-safe: one owner writes it.
final class PartialFile {
    let target: String
    private let descriptor: Int32
    private(set) var byteCount: Int

    private var path: String { target + ".part" }
    private var sourcePath: String { path + ".source" }

    /// Opens what there is of `target`, or nothing yet, making the folders on the way. Tests do
    /// `beforeLocking` what another process might.
    init(of target: String, beforeLocking: () -> Void = {}) throws(FetchError) {
        self.target = target
        let folder = URL(fileURLWithPath: target).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .file(path: folder.path, operation: "make the folder", code: errno)
        }
        let path = target + ".part"
        byteCount = 0
        descriptor = try Self.openLocked(path, target: target, beforeLocking: beforeLocking)
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw .file(path: path, operation: "measure it", code: errno) }
        byteCount = Int(end)
    }

    deinit { close(descriptor) }

    /// The file at `path`, locked, made if it is not there.
    private static func openLocked(
        _ path: String, target: String, beforeLocking: () -> Void
    ) throws(FetchError) -> Int32 {
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw .file(path: path, operation: "open it", code: errno)
            }
            beforeLocking()
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw .busy(path: target)
            }
            // Whoever held the lock may have finished since we opened the file: then it is the
            // target now, or nothing, and writing to it would spoil what was fetched.
            var mine = stat()
            var current = stat()
            if fstat(descriptor, &mine) == 0, stat(path, &current) == 0,
                mine.st_dev == current.st_dev, mine.st_ino == current.st_ino
            {
                return descriptor
            }
            close(descriptor)
        }
    }

    /// What the bytes are a part of; nil when that is not known, so that they are worth nothing.
    func source() -> PartialSource? {
        guard byteCount > 0, let text = try? String(contentsOfFile: sourcePath, encoding: .utf8)
        else { return nil }
        return PartialSource(text: text)
    }

    /// Starts anew, as a part of `source`; without one it cannot be taken up again later.
    func restart(of source: PartialSource?) throws(FetchError) {
        // The description goes first and comes last: bytes never stand under a wrong one.
        unlink(sourcePath)
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw failure(to: "empty it")
        }
        byteCount = 0
        guard let source else { return }
        do {
            try source.text.write(toFile: sourcePath, atomically: true, encoding: .utf8)
        } catch {
            throw .file(path: sourcePath, operation: "write it", code: errno)
        }
    }

    /// Cuts off all from `length` on, and goes on from there.
    func goOn(from length: Int) throws(FetchError) {
        guard ftruncate(descriptor, off_t(length)) == 0,
            lseek(descriptor, off_t(length), SEEK_SET) == length
        else { throw failure(to: "cut it") }
        byteCount = length
    }

    func append(_ data: Data) throws(FetchError) {
        var rest = data
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure(to: "write to it") }
            byteCount += written
            rest = rest.dropFirst(written)
        }
    }

    /// Says early that `count` more bytes will not fit, where the system knows.
    func checkRoom(for count: Int) throws(FetchError) {
        var room = statvfs()
        guard fstatvfs(descriptor, &room) == 0 else { return }
        let (free, overflows) = Int(room.f_bavail).multipliedReportingOverflow(
            by: Int(room.f_frsize))
        if !overflows, count > free {
            throw .diskFull(path: target, missingBytes: count - free)
        }
    }

    /// The path to read the bytes back from, all of them written.
    func written() throws(FetchError) -> String {
        guard fsync(descriptor) == 0 else { throw failure(to: "save it") }
        return path
    }

    /// Puts the bytes in the target's place: a reader sees the whole old file or the whole new.
    func finish() throws(FetchError) {
        _ = try written()
        guard rename(path, target) == 0 else { throw failure(to: "put it in its place") }
        unlink(sourcePath)
        let folder = open(
            URL(fileURLWithPath: target).deletingLastPathComponent().path,
            O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(to: "save its folder") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(to: "save its folder") }
    }

    /// Removes the bytes, which have turned out wrong.
    func discard() {
        unlink(sourcePath)
        unlink(path)
    }

    /// Removes a file nothing has come for, so that a failed attempt leaves no litter.
    func discardIfEmpty() {
        if byteCount == 0 { discard() }
    }

    private func failure(to operation: String) -> FetchError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .diskFull(path: target, missingBytes: nil) }
        return .file(path: path, operation: operation, code: code)
    }
}
