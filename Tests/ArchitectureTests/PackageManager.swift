import Foundation
import JSON
import TestSupport

/// Asks the package manager about this package, while it may itself be running the tests.
enum PackageManager {
    /// Runs `swift package` with arguments that make it print JSON.
    ///
    /// It works in a scratch folder of its own, because the one the tests were built in may be
    /// locked. The packages that were fetched for the build are lent to it, so that it needs no
    /// network.
    static func run(_ arguments: String...) throws -> JSONValue {
        let scratch = try TemporaryFolder()
        let build = try buildFolder()
        let files = FileManager.default
        try files.copyItem(
            atPath: build.appendingPathComponent(stateFile).path, toPath: scratch.path(stateFile))
        for lent in ["checkouts", "repositories"] {
            try files.createSymbolicLink(
                atPath: scratch.path(lent),
                withDestinationPath: build.appendingPathComponent(lent).path)
        }
        let output = try scratch.write("", to: "output")
        let errors = try scratch.write("", to: "errors")

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["swift", "package", "--package-path", projectFolder.path]
            + ["--scratch-path", scratch.path, "--disable-automatic-resolution"] + arguments
        // Files, since a pipe that nobody empties would stop it.
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                command: arguments.joined(separator: " "),
                output: try String(contentsOfFile: errors, encoding: .utf8))
        }
        return try JSONParser.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: output))))
    }

    private static let stateFile = "workspace-state.json"

    /// The folder that the running tests were built in.
    private static func buildFolder() throws -> URL {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        while folder.path != "/" {
            folder = folder.deletingLastPathComponent()
            let state = folder.appendingPathComponent(stateFile)
            if FileManager.default.fileExists(atPath: state.path) { return folder }
        }
        return projectFolder.appendingPathComponent(".build")
    }

    private struct Failure: Error, CustomStringConvertible {
        let command: String
        let output: String
        var description: String { "swift package \(command) failed: \(output)" }
    }
}
