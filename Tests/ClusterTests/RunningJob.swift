import Foundation
import TestSupport

/// A job that is under way.
final class RunningJob {
    private let process = Process()
    private let errors: Lines

    init(_ program: URL, _ arguments: [String], in folder: TemporaryFolder) throws {
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        errors = Lines(pipe)
    }

    /// Waits until it has said `part`; false if it ends, or a minute passes, without it.
    func says(_ part: String) -> Bool { errors.wait { $0.contains(part) } }

    /// Waits for its end, and makes one after two minutes, of which the test is then told.
    func end() throws -> Job.Ending {
        let ended = errors.wait(seconds: 120) { _ in false }
        if !ended, errors.isOpen { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return Job.Ending(status: process.terminationStatus, errors: errors.text)
    }

    /// Sends a signal to `mpirun`.
    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The process of a rank.
    func process(ofRank rank: Int) throws -> pid_t? {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
            .first { candidate in
                guard let status = read(candidate, "status"),
                    let environment = read(candidate, "environ")
                else { return false }
                return status.contains("\nPPid:\t\(process.processIdentifier)\n")
                    && environment.split(separator: "\0").contains("OMPI_COMM_WORLD_RANK=\(rank)")
            }
    }

    private func read(_ process: pid_t, _ name: String) -> String? {
        FileManager.default.contents(atPath: "/proc/\(process)/\(name)")
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What comes out of a pipe, gathered by a thread of its own.
///
/// @unchecked Sendable because everything is behind the condition.
private final class Lines: @unchecked Sendable {
    private let condition = NSCondition()
    private var gathered = ""
    private var hasEnded = false

    init(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread { [self] in
            while true {
                let data = handle.availableData
                condition.withLock {
                    gathered += String(decoding: data, as: UTF8.self)
                    hasEnded = data.isEmpty
                    condition.broadcast()
                }
                if data.isEmpty { return }
            }
        }
    }

    var text: String { condition.withLock { gathered } }
    var isOpen: Bool { condition.withLock { !hasEnded } }

    /// Waits until `isEnough`; false if the pipe is closed or the time is over without it.
    func wait(seconds: Double = 60, until isEnough: (String) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !isEnough(gathered), !hasEnded, condition.wait(until: deadline) {}
            return isEnough(gathered)
        }
    }
}
