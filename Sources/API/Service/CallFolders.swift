import Checkpoints
import JSON
import Synchronization

/// Where paths in calls may lead. A reload may widen or narrow it.
final class CallFolders: Sendable {
    struct Folders: Sendable {
        /// Where relative paths start.
        var base: String
        var allowed: AllowedFolders
    }

    private let folders: Mutex<Folders>

    init(_ folders: Folders) { self.folders = Mutex(folders) }

    /// As they are now.
    var places: Folders { folders.withLock { $0 } }

    func replace(_ folders: Folders) { self.folders.withLock { $0 = folders } }

    /// Holds a path of a call to them.
    ///
    /// - Parameters:
    ///   - path: from a call.
    ///   - field: what the call names it.
    /// - Returns: the path, absolute.
    /// - Throws: `APIError`; `CheckpointError` where it cannot be looked at.
    func checked(_ path: String, _ field: String) throws -> String {
        let folders = places
        let path = path.hasPrefix("/") ? path : folders.base + "/" + path
        guard AllowedFolders.isSupported else { throw Self.cannotCheckPaths }
        guard folders.allowed.allow(path) else {
            throw APIError.invalid(
                field,
                "\(field) must lead to a checkpoint or a folder below model_roots, by no links")
        }
        if let link = try folders.allowed.strayLink(in: path) {
            throw APIError.invalid(
                field,
                "the link \(shown(link)) leads out of model_roots; put the file there, or widen them"
            )
        }
        return path
    }

    static let cannotCheckPaths = APIError(
        501, "paths cannot be checked here: the system refuses openat2, of Linux 5.6",
        code: "not_supported")
}
