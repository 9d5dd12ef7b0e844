import ArgumentParser
import Foundation
import Terminal

/// Refuses a path of no characters, which is a shell variable that was not set more often than
/// what anybody means.
///
/// - Parameters:
///   - path: what was given; nil when nothing was.
///   - option: its name without hyphens.
/// - Throws: `ValidationError`.
func requireText(_ path: String?, of option: String) throws {
    guard path?.isEmpty != true else {
        throw ValidationError("--\(option) is empty; give it a path, or leave it out.")
    }
}

/// Finds out before long work whether its result can be put at `path`.
///
/// - Throws: `TerminalError.cannotWrite` where there is a folder, or no folder to write to.
func requireWritable(_ path: String) throws(TerminalError) {
    let file = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
        isFolder.boolValue
    {
        throw .cannotWrite(path: path, reason: "it is a folder")
    }
    let folder = file.deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else {
        throw .cannotWrite(path: path, reason: "\(folder): \(String(cString: strerror(errno)))")
    }
}
