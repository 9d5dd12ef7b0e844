import CSystem
import Foundation

/// The folders that paths from outside may lead into: what lies below one of them, and no link on the way.
public struct AllowedFolders: Sendable {
    private let folders: [String]

    /// - Parameter folders: absolute.
    public init(_ folders: [String]) { self.folders = folders.map(Path.standardized) }

    /// Whether the system follows paths as `allow` asks of it: older ones and some containers do not.
    public static let isSupported = lies(".", below: "/")

    /// Whether a path, absolute, is one of the folders or lies below one, and is a folder or a plain file.
    /// What it is now it need not be later: who can write there can do worse.
    public func allow(_ path: String) -> Bool {
        guard !path.utf8.contains(0), path.split(separator: "/").allSatisfy({ $0 != ".." })
        else { return false }
        let path = Path.standardized(path)
        return folders.contains { folder in
            guard Self.isBelow(path, folder) else { return false }
            let rest = path.dropFirst(folder.count).drop { $0 == "/" }
            return Self.lies(rest.isEmpty ? "." : String(rest), below: folder)
        }
    }

    /// A link among the files of a model that leads out of all the folders, as one in a model from
    /// elsewhere might: what is read with a checkpoint, or written beside it, would lie there.
    ///
    /// - Parameter path: a folder, or a file in one; `allow` has allowed it.
    /// - Returns: the link's path; nil where there is none. One that leads nowhere is none.
    /// - Throws: `CheckpointError` where the folder cannot be read.
    public func strayLink(in path: String) throws -> String? {
        let folder = Path.kind(path) == .folder ? path : Path.folder(of: path)
        let allowed = folders.compactMap(Self.resolved)
        return try Path.names(in: folder).lazy.map { Path.join(folder, $0) }.first { path in
            guard Path.isLink(path), let target = Self.resolved(path) else { return false }
            return !allowed.contains { Self.isBelow(target, $0) }
        }
    }

    private static func isBelow(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// With all links followed; nil where nothing is there.
    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func lies(_ path: String, below folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let found = dixie_open_beneath(descriptor, path)
        guard found >= 0 else { return false }
        defer { close(found) }
        var status = stat()
        guard fstat(found, &status) == 0 else { return false }
        return [S_IFDIR, S_IFREG].contains(status.st_mode & S_IFMT)
    }
}
