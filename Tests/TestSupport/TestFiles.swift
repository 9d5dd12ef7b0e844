import Foundation

/// The project's own folder, found from this file.
public let projectFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// A committed fixture, by its path below `Tests/Fixtures`.
public func fixture(_ path: String) -> URL {
    projectFolder.appendingPathComponent("Tests/Fixtures").appendingPathComponent(path)
}

/// Files too large to commit that stand beside a checkout on the machines that test it: GPT-2's
/// published vocabulary and real dialogue. Tests that need one are skipped, with that reason,
/// where the folder is absent.
public enum SharedData {
    public static let folder = projectFolder.deletingLastPathComponent()
        .appendingPathComponent("shared/data")

    public static let isPresent = FileManager.default.fileExists(atPath: folder.path)
    public static let absence = "no shared data folder beside the checkout"

    public static func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
}

/// A fresh folder that is removed when the last reference to it goes.
public final class TemporaryFolder: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("dixie-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    public var path: String { url.path }

    /// The path of `name` in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes `bytes` to `name`, making the folders between, and returns its path.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// Writes `text` in UTF-8 to `name` and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try write(text.utf8, to: name)
    }
}
