import Foundation
import JSON

/// What `nvidia-smi` says of each graphics card's temperature, in the original's form: for each
/// line with a "%", its fifth word, such as "35C". Without the program there are none.
enum GPUTemperatures {
    /// One run at a time, on a queue where it may wait.
    private static let queue = DispatchQueue(label: "dixie.gputemp", qos: .utility)

    /// Runs the program in the background and calls back with a list of strings.
    static func read(_ completion: @escaping @Sendable (JSONValue) -> Void) {
        guard let program = find() else { return completion([]) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        queue.async {
            do {
                try process.run()
            } catch {
                return completion([])
            }
            // A driver that hangs must not keep the client for ever. Not SIGTERM: the server
            // ignores it in favour of a watcher, and its children inherit that.
            DispatchQueue.global().asyncAfter(deadline: .now() + 5) {
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            }
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            completion(temperatures(in: text))
        }
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
