import Foundation

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

/// Reads a pipe on a thread of its own, line by line or to its end.
final class PipeReader: @unchecked Sendable {
    // Sendable because everything is behind the condition.
    private let condition = NSCondition()
    private var text = ""
    private var hasEnded = false

    init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                condition.withLock {
                    text += String(decoding: data, as: UTF8.self)
                    hasEnded = data.isEmpty
                    condition.broadcast()
                }
                if data.isEmpty { return }
            }
        }
    }

    /// What has come so far.
    var soFar: String { condition.withLock { text } }

    /// All there is, once the other end is closed.
    func waitForAll() -> String {
        condition.withLock {
            while !hasEnded { condition.wait() }
            return text
        }
    }

    /// Waits until the text holds `part`; nil if it ends, or five minutes pass, without it: a busy
    /// machine is slow.
    func wait(for part: String) -> String? {
        let deadline = Date(timeIntervalSinceNow: 300)
        return condition.withLock {
            while !text.contains(part), !hasEnded, condition.wait(until: deadline) {}
            return text.contains(part) ? text : nil
        }
    }
}
