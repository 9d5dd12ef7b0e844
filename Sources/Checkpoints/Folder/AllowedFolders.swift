import CSystem
import Foundation

/// The folders that paths from outside may lead into: what lies below one of them, and no link on the way.
public struct AllowedFolders: Sendable {
    private let folders: [String]

    /// - Parameter folders: absolute.
    public init(_ folders: [String]) { self.folders = folders.map(Path.standardized) }

    /// Whether a path, absolute, is one of the folders or lies below one, and is a folder or a plain file.
    /// What it is now it need not be later: who can write there can do worse.
    public func allow(_ path: String) -> Bool {
        guard !path.utf8.contains(0), path.split(separator: "/").allSatisfy({ $0 != ".." })
        else { return false }
        let path = Path.standardized(path)
        return folders.contains { folder in
            guard path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/") else {
                return false
            }
            let rest = path.dropFirst(folder.count).drop { $0 == "/" }
            return Self.lies(rest.isEmpty ? "." : String(rest), below: folder)
        }
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
