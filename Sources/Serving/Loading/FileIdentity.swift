import Foundation

/// What tells a file from what was there before: device, inode, size, and the times of writing and of
/// change.
///
/// The second time is that of any change, which a copy that keeps the time of writing cannot hide.
public struct FileIdentity: Hashable, Sendable {
    /// A moment as the file system keeps it.
    struct Time: Hashable, Sendable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }
    }

    let device: UInt64
    let inode: UInt64
    let size: Int64
    let written: Time
    let changed: Time

    /// Whether only what is known of the file may differ, such as who may read it, and not what it says.
    public func hasContent(of other: FileIdentity) -> Bool {
        (device, inode, size, written) == (other.device, other.inode, other.size, other.written)
    }

    /// Nil where there is no such file.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        written = Time(status.st_mtim)
        changed = Time(status.st_ctim)
    }
}
