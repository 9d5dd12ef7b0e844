import Foundation
import TestSupport
import Testing

/// `GET /gputemp` where there is an `nvidia-smi`.
@Suite struct GPUTemperatureTests {
    @Test func askingOftenLeavesNoFileOpen() throws {
        let folder = try TemporaryFolder()
        let program = try folder.write(
            """
            #!/bin/sh
            echo "| Fan  Temp  Perf          |"
            echo "| 30%   35C    P8    20W / 250W |"
            """, to: "nvidia-smi")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let model = """
            { "key": "general", "model_name": "\(fixture("models/red").path)" }
            """
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let server = try RunningServer(
            models: [model], environment: ["PATH": "\(folder.path):\(path)"])
        func ask() throws {
            let answer = try server.get("/gputemp")
            #expect(answer.status == 200 && answer.text.contains(#"["35C"]"#), "\(answer.text)")
        }
        func openFiles() throws -> Int {
            try FileManager.default.contentsOfDirectory(
                atPath: "/proc/\(server.process.processIdentifier)/fd"
            ).count
        }

        try ask()
        let before = try openFiles()
        for _ in 0..<40 { try ask() }
        // A thread that runs the program for the first time, and a connection, take some.
        #expect(try openFiles() < before + 20)
    }
}
