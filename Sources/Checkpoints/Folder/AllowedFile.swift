import Foundation

/// A plain file below allowed folders, open for reading; another program may be writing to it.
public final class AllowedFile: Sendable {
    /// In bytes, when it was opened.
    public let size: Int
    /// When it was last written to, in seconds since 1970.
    public let modified: Double
    private let descriptor: Int32

    /// - Parameter descriptor: open for reading, and closed from here on; nil comes back unless it is
    ///   that of a plain file.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
        modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    deinit { close(descriptor) }

    /// What stands at a place.
    ///
    /// - Parameters:
    ///   - offset: of the first byte.
    ///   - count: in bytes; bound it before calling.
    /// - Returns: at most `count` bytes: fewer where the file ends, or cannot be read any further.
    public func bytes(at offset: Int, count: Int) -> [UInt8] {
        let wanted = max(0, min(count, size - max(0, offset)))
        return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
            let room = UnsafeMutableRawBufferPointer(buffer)
            while initialized < wanted {
                let rest = UnsafeMutableRawBufferPointer(rebasing: room[initialized..<wanted])
                let got = pread(
                    descriptor, rest.baseAddress, rest.count, off_t(max(0, offset) + initialized))
                if got > 0 { initialized += got } else if got == 0 || errno != EINTR { return }
            }
        }
    }
}
