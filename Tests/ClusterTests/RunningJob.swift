import Foundation
import TestSupport

/// A job that is under way.
final class RunningJob {
    private let process = Process()
    private let errors: PipeReader

    init(_ program: URL, _ arguments: [String], in folder: TemporaryFolder) throws {
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        errors = PipeReader(pipe)
    }

    /// Waits until it has said `part`; false if it ends, or minutes pass, without it.
    func says(_ part: String) -> Bool { errors.wait(for: part) != nil }

    /// Waits for its end, and makes one when minutes pass without, of which the test is then told.
    func end() throws -> Job.Ending {
        if !errors.waitForEnd() { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return Job.Ending(status: process.terminationStatus, errors: errors.soFar)
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
