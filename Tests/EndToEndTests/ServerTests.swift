import Foundation
import TestSupport
import Testing

/// The server program as a person meets it.
@Suite struct ServerTests {
    private static let general = """
        { "key": "general", "model_name": "\(fixture("models/red").path)", "preload": true }
        """

    @Test func theReadmesLineIsAnswered() throws {
        let server = try RunningServer(models: [Self.general])
        let readme = try String(
            contentsOf: projectFolder.appendingPathComponent("README.md"), encoding: .utf8)
        let line = try #require(
            readme.split(separator: "\n").first { $0.hasPrefix("curl -d'{\"model_key\"") })
        let command = line.replacingOccurrences(of: "http://localhost:12345", with: server.url)
        let result = try Command(URL(fileURLWithPath: "/bin/bash"), ["-c", command + " -si"]).run()
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(result.output.contains("\r\nContent-Type: text/plain; charset=utf-8\r\n"))
    }

    @Test func aReplyUnderWayIsFinishedWhenTheServerIsToldToStop() throws {
        let server = try RunningServer(models: [Self.general])
        let stream = Command(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-sN", "-H", "Content-Type: application/json", "-d",
                #"{"model_key":"general","raw_text":"Go on","length":100,"stream":true,"#
                    + #""format":"json"}"#, server.url + "/invocations",
            ])
        let output = Pipe()
        stream.process.standardOutput = output
        let events = PipeReader(output)
        try stream.process.run()
        _ = try #require(events.wait(for: "data: "))
        server.process.terminate()
        #expect(events.waitForAll().hasSuffix("data: [DONE]\n\n"))
        stream.process.waitUntilExit()
        server.process.waitUntilExit()
        #expect(server.process.terminationStatus == 0)
        #expect(server.process.terminationReason == .exit)
    }

    @Test func whoStopsItDoesNotWaitForItsModels() throws {
        let folder = try TemporaryFolder()
        let path = try HeavyModel.write("heavy", to: folder)
        try folder.write(
            #"{"models": [{"key": "heavy", "model_name": "\#(path)"}], "cache_dir": ""}"#,
            to: "c.json")
        let command = Command(
            Program.server.url, ["--config_path", folder.path("c.json"), "--port", "0"])
        let errors = Pipe()
        command.process.standardError = errors
        let log = PipeReader(errors)
        try command.process.run()
        _ = try #require(log.wait(for: "listening\n"))
        command.process.terminate()
        let text = log.waitForAll()
        command.process.waitUntilExit()
        #expect(command.process.terminationStatus == 0, "\(text)")
        #expect(command.process.terminationReason == .exit)
        #expect(text.hasSuffix("stopped\n") && !text.contains("loaded\n"), "\(text)")
    }

    @Test func aServerThatCannotSayItIsReadyServesAllTheSame() throws {
        let folder = try TemporaryFolder()
        try folder.write(#"{"models": [\#(Self.general)]}"#, to: "c.json")
        let errors = Pipe()
        let command = Command(
            Program.server.url, ["--config_path", folder.path("c.json"), "--port", "0"])
        let process = command.process
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
        process.standardError = errors
        let log = PipeReader(errors)
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let text = try #require(log.wait(for: "loaded\n"))
        let port = try #require(text.firstMatch(of: /port=(\d+)/)).1
        let health = try Command(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sf", "--retry", "3", "http://127.0.0.1:\(port)/ready", "--retry-all-errors"]
        ).run()
        #expect(health.output == #"{"status":"ready"}"#)
        #expect(process.isRunning)
    }

    /// Who takes all files before the first timer would otherwise end all deadlines.
    @Test func timersHaveTheirDescriptorBeforeAnyClientComes() throws {
        let server = try RunningServer(models: [Self.general])
        let folder = "/proc/\(server.process.processIdentifier)/fd"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        #expect(files.contains("anon_inode:[timerfd]"), "\(files)")
    }

    @Test func aTakenPortIsSaidInOneSentence() throws {
        let server = try RunningServer(models: [Self.general])
        let port = try #require(server.url.split(separator: ":").last)
        let result = try Program.server.run([
            "--config_path", server.folder.path("server_config.json"), "--port", String(port),
        ])
        #expect(result.status == 1)
        #expect(result.errors.contains("port \(port) is in use"))
    }

    @Test func whatIsMissingIsSaidWithARemedy() throws {
        let folder = try TemporaryFolder()
        let missing = try Program.server.run(["--config_path", folder.path("none.json")])
        #expect(missing.status == 1)
        #expect(missing.errors.contains("server_config.json.sample"))

        try folder.write(
            #"{"models": [{"key": "a", "model_name": "nowhere"}], "prot": 1}"#, to: "c.json")
        let faulty = try Program.server.run(["--config_path", folder.path("c.json")])
        #expect(faulty.status == 1)
        #expect(faulty.errors.contains("c.json:1") && faulty.errors.contains("nowhere"))
        #expect(faulty.errors.contains("port"), "both faults are told, and what was meant")
    }

    @Test func anAddressThatOthersReachNeedsAKeyOrAWord() throws {
        let folder = try TemporaryFolder()
        try folder.write(#"{"host": "0.0.0.0", "models": [\#(Self.general)]}"#, to: "c.json")
        let refused = try Program.server.run(["--config_path", folder.path("c.json"), "--check"])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("insecure"))
        let allowed = try Program.server.run([
            "--config-path", folder.path("c.json"), "--check", "--insecure",
        ])
        #expect(allowed.status == 0)
        #expect(allowed.output.contains("general"))
    }

    @Test func malformedRequestsAreRefusedAndTheServerLives() throws {
        let server = try RunningServer(models: [Self.general])
        let bodies = ["", "{", "[1]", #"{"raw_text": 1}"#, #"{"model_key":"x","raw_text":"y"}"#]
        for body in bodies {
            #expect((400..<500).contains(try server.post("/invocations", body).status))
        }
        #expect(try server.get("/health").status == 200)
    }

    @Test(
        .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
        arguments: [["must,strict,ok,should,may"], ["app"]])
    func theProtocolCasesPass(levels: [String]) throws {
        let server = try RunningServer(models: [Self.general], arguments: ["--test_echo"])
        let runner = SharedData.folder.deletingLastPathComponent()
            .appendingPathComponent("research/run_http_cases.py")
        let port = try #require(server.url.split(separator: ":").last)
        let all = ["must", "strict", "ok", "should", "may", "app"]
        let skipped = all.filter { !levels[0].split(separator: ",").map(String.init).contains($0) }
        let result = try Command(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "python3", runner.path, "--port", String(port), "--skip-levels",
                skipped.joined(separator: ","),
            ]
        ).run()
        #expect(result.status == 0, "\(result.output.suffix(3000))")
    }
}
