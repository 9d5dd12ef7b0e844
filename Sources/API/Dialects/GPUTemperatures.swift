import Foundation
import JSON

/// What `nvidia-smi` says of each graphics card's temperature, in the original's form: for each
/// line with a "%", its fifth word, such as "35C". Without the program there are none.
enum GPUTemperatures {
    private static let queue = WorkerQueue("dixie.gputemp", limit: 4)

    /// Runs the program in the background and calls back with a list of strings.
    ///
    /// - Throws: `APIError` 429 where enough wait already.
    static func read(_ completion: @escaping @Sendable (JSONValue) -> Void) throws(APIError) {
        try queue.run {
            let text = find().map { run($0) } ?? ""
            completion(temperatures(in: text))
        }
    }

    /// What a program prints within five seconds; nothing where it cannot be run.
    private static func run(_ program: String) -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return ""
        }
        // A driver that hangs must not keep the client for ever. Not SIGTERM: the server
        // ignores it in favour of a watcher, and its children inherit that.
        let deadline = DispatchSource.makeTimerSource(queue: .global())
        deadline.setEventHandler {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        deadline.schedule(deadline: .now() + 5)
        deadline.activate()
        defer { deadline.cancel() }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        // One that nobody waits for holds itself and its pipe for as long as the server runs.
        process.waitUntilExit()
        return text
    }

    /// The temperatures in what the program printed.
    static func temperatures(in text: String) -> JSONValue {
        let words = text.split(separator: "\n").filter { $0.contains("%") }.compactMap {
            // As Python's split(' '): every space separates, so runs of them make empty words.
            $0.split(separator: " ", omittingEmptySubsequences: false).dropFirst(4).first
        }
        return .array(words.map { .string(String($0)) })
    }

    private static func find() -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/nvidia-smi" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}
