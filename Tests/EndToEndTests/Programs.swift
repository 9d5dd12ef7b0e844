import Foundation
import TestSupport

/// The real programs, as built beside the tests.
enum Program: String {
    case server, dixie, train

    var url: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(rawValue)
    }

    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: as on a command line.
    ///   - input: for its standard input.
    ///   - environment: added to this process's own.
    ///   - folder: where it runs.
    /// - Returns: what it printed and how it ended.
    /// - Throws: where it cannot be started.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:],
        in folder: URL? = nil
    ) throws -> Result {
        try Command(url, arguments, environment: environment, in: folder).run(input: input)
    }
}

/// One run of any program, its output collected.
struct Command {
    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let input = Pipe()

    init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:],
        in folder: URL? = nil
    ) {
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            // A crash must end at once, not be looked into while the pipes stay open.
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
    }

    func run(input text: String = "") throws -> Program.Result {
        try process.run()
        // Each pipe by a thread of its own: one that is full stops the program.
        let reader = PipeReader(errors)
        let writer = input.fileHandleForWriting
        Thread.detachNewThread {
            try? writer.write(contentsOf: Data(text.utf8))
            try? writer.close()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let errors = reader.waitForAll()
        process.waitUntilExit()
        return Program.Result(
            status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
            errors: errors)
    }
}
