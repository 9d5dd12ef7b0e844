import Foundation
import TestSupport
import Testing

/// `dixie chat` as a person has it: in a terminal, which `script` of util-linux lends.
@Suite struct ChatTerminalTests {
    /// A program in a terminal of its own.
    private final class Terminal {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()
        let screen: PipeReader

        init(_ arguments: [String], environment: [String: String] = [:]) throws {
            let words = [Program.dixie.url.path, "chat"] + arguments
            // In the place of the shell, which some shells would end by Ctrl-C as well.
            let command = "exec " + words.map { "'\($0)'" }.joined(separator: " ")
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["script", "-qec", command, "/dev/null"]
            process.environment = ProcessInfo.processInfo.environment
                .merging(["SWIFT_BACKTRACE": "enable=no", "TERM": "xterm", "NO_COLOR": ""]) { $1 }
                .merging(environment) { $1 }
            process.standardInput = input
            process.standardOutput = output
            process.standardError = output
            screen = PipeReader(output)
            try process.run()
        }

        deinit { if process.isRunning { process.terminate() } }

        func type(_ text: String) throws {
            try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        }

        /// Waits until more has been written than a short reply is; false if it is not in five minutes.
        func fills() -> Bool {
            let deadline = Date(timeIntervalSinceNow: 300)
            let enough = screen.soFar.utf8.count + 200
            while screen.soFar.utf8.count < enough, Date() < deadline {
                Thread.sleep(forTimeInterval: 0.01)
            }
            return screen.soFar.utf8.count >= enough
        }

        /// The program's status, once it has ended; nil if it does not.
        func status() -> Int32? {
            guard screen.waitForEnd() else { return nil }
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    private static let ctrlC = "\u{03}"
    private static let ctrlD = "\u{04}"

    /// A configuration whose replies are endless, as far as a test can see.
    private func configuration(in folder: TemporaryFolder) throws -> String {
        let path = try LongModel.write("long", to: folder)
        return try folder.write(
            """
            { "models": [ { "key": "long", "model_name": "\(path)", "names": ["mom", "dad"],
                "persona": { "audience": "mom" }, "generation": { "penalize": 0 } } ] }
            """, to: "server_config.json")
    }

    private let endless = ["--length", "30000", "--temperature", "0"]

    @Test func ctrlCStopsAReplyAndTheChatGoesOn() throws {
        let folder = try TemporaryFolder()
        let terminal = try Terminal(
            ["--config_path", try configuration(in: folder), "--audience", "mom"] + endless,
            environment: ["NO_COLOR": "1"])
        try #require(terminal.screen.wait(for: "mom> ") != nil, "\(terminal.screen.soFar)")
        try terminal.type("Hi\n")
        // What a model of noise says first, nobody knows; that it goes on is all that counts.
        try #require(terminal.screen.wait(for: "long: ") != nil)
        try #require(terminal.fills())
        try terminal.type(Self.ctrlC)
        try #require(
            terminal.screen.wait(for: "stopped; this is not remembered") != nil,
            "\(terminal.screen.soFar.suffix(500))")
        try terminal.type("/set length 3\n")
        try #require(terminal.screen.wait(for: "length 3\r\n") != nil)
        try terminal.type("/retry\n/history\n")
        try #require(terminal.screen.wait(for: "mom: Hi\r\n") != nil)
        try terminal.type(Self.ctrlD)
        #expect(terminal.status() == 0)
        #expect(!terminal.screen.soFar.contains("\u{1B}[1m"), "colours where none are wanted")
    }

    @Test func ctrlCStopsAReplyOfAServerToo() throws {
        let folder = try TemporaryFolder()
        let path = try LongModel.write("long", to: folder)
        let server = try RunningServer(models: [
            """
            { "key": "long", "model_name": "\(path)", "generation": { "penalize": 0 } }
            """
        ])
        let terminal = try Terminal(["--url", server.url] + endless)
        try #require(terminal.screen.wait(for: "> ") != nil, "\(terminal.screen.soFar)")
        try terminal.type("Hi\n")
        try #require(terminal.screen.wait(for: ": ") != nil)
        try #require(terminal.fills())
        try terminal.type(Self.ctrlC)
        try #require(
            terminal.screen.wait(for: "stopped; this is not remembered") != nil,
            "\(terminal.screen.soFar.suffix(500))")
        try terminal.type("/set length 3\n/retry\n/history\n")
        try #require(terminal.screen.wait(for: "you: Hi") != nil)
        try terminal.type("/quit\n")
        #expect(terminal.status() == 0)
    }

    @Test(arguments: ["\u{03}", "\u{04}"])
    func atThePromptItLeaves(key: String) throws {
        let folder = try TemporaryFolder()
        let configuration = ["--config_path", try configuration(in: folder)]
        for (question, options) in [
            ("name or number [mom]", configuration),
            ("/help lists", configuration + ["--audience", "mom"]),
        ] {
            let terminal = try Terminal(options)
            try #require(terminal.screen.wait(for: question) != nil, "\(terminal.screen.soFar)")
            try #require(terminal.screen.wait(for: "> ") != nil)
            try terminal.type(key)
            #expect(terminal.status() == 0, "\(terminal.screen.soFar)")
        }
    }

    @Test func aPersonIsAskedWhoIsThereAndGoesOnAfterAMistake() throws {
        let folder = try TemporaryFolder()
        let terminal = try Terminal(
            ["--config_path", try configuration(in: folder), "--length", "3"])
        try #require(terminal.screen.wait(for: "name or number [mom]") != nil)
        try terminal.type("7\n")
        try #require(terminal.screen.wait(for: "a number from 1 to 2") != nil)
        try terminal.type("2\n")
        try #require(terminal.screen.wait(for: "takes you for dad") != nil)
        // Bold, as who types is.
        try #require(terminal.screen.wait(for: "\u{1B}[1mdad\u{1B}[0m> ") != nil)
        try terminal.type("/nonsense\n")
        try #require(terminal.screen.wait(for: "there is no /nonsense") != nil)
        try terminal.type("/quit\n")
        #expect(terminal.status() == 0)
    }
}
