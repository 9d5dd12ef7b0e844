import CSystem
import Foundation
import Glibc

/// The folders that paths from outside may lead into: what lies below one of them, and no link on the way.
public struct AllowedFolders: Sendable {
    /// Absolute, without empty parts and dots.
    public let folders: [String]

    /// - Parameter folders: absolute.
    public init(_ folders: [String]) { self.folders = folders.map(Path.standardized) }

    /// Whether the system follows paths as `allow` asks of it: older ones and some containers do not.
    public static let isSupported = kind(of: ".", below: "/") != nil

    /// Whether a path, absolute, is one of the folders or lies below one, and is a folder or a plain file.
    /// What it is now it need not be later: who can write there can do worse.
    public func allow(_ path: String) -> Bool {
        ways(to: path).contains { Self.kind(of: $0.rest, below: $0.folder) != nil }
    }

    /// Opens a plain file that `allow` allows.
    ///
    /// - Parameter path: absolute.
    /// - Returns: nil where there is none, or it may not be read.
    public func file(_ path: String) -> AllowedFile? {
        opened(path, S_IFREG).flatMap { AllowedFile($0) }
    }

    /// The names in a folder that `allow` allows.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - count: how many, at most.
    /// - Returns: in no order; none where there is no such folder, or it may not be read.
    public func names(in path: String, atMost count: Int) -> [String] {
        guard let descriptor = opened(path, S_IFDIR) else { return [] }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return []
        }
        defer { closedir(stream) }
        return Path.names(from: stream, atMost: count)
    }

    /// Where a path would lie below which of the folders.
    private func ways(to path: String) -> [(rest: String, folder: String)] {
        guard !path.utf8.contains(0), path.split(separator: "/").allSatisfy({ $0 != ".." })
        else { return [] }
        let path = Path.standardized(path)
        return folders.filter { Self.isBelow(path, $0) }.map { folder in
            let rest = path.dropFirst(folder.count).drop { $0 == "/" }
            return (rest.isEmpty ? "." : String(rest), folder)
        }
    }

    /// A descriptor to read from; only what is of a kind is opened so, since opening a device can do
    /// things.
    private func opened(_ path: String, _ kind: mode_t) -> Int32? {
        for way in ways(to: path) where Self.kind(of: way.rest, below: way.folder) == kind {
            if let descriptor = Self.open(way.rest, below: way.folder, reads: true) {
                return descriptor
            }
        }
        return nil
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

    /// Whether a folder or a plain file lies there; nil for anything else.
    private static func kind(of path: String, below folder: String) -> mode_t? {
        guard let found = open(path, below: folder, reads: false) else { return nil }
        defer { close(found) }
        var status = stat()
        guard fstat(found, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        return [S_IFDIR, S_IFREG].contains(kind) ? kind : nil
    }

    private static func open(_ path: String, below folder: String, reads: Bool) -> Int32? {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let found = dixie_open_beneath(descriptor, path, reads ? 1 : 0)
        return found >= 0 ? found : nil
    }
}
