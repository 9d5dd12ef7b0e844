import Foundation
import TestSupport
import Testing
import Training

@Suite struct CommandFolderTests {
    let temporary: TemporaryFolder
    let commands: CommandFolder

    init() throws {
        temporary = try TemporaryFolder()
        commands = CommandFolder(temporary.path("commands"))
        try commands.prepare()
    }

    @Test(arguments: [
        ("save", TrainingCommand.save), ("sample", .sample),
        ("main_command_generate_samples", .sample), ("validate", .validate),
        ("main_command_validation", .validate), ("learning_rate", .learningRate),
        ("main_command_set_learning_rate", .learningRate), ("print_status", .printStatus),
        ("save_and_quit", .saveAndQuit), ("quit", .quit),
    ])
    func removingAFolderAsksOnce(_ name: String, _ command: TrainingCommand) throws {
        #expect(try commands.taken() == [])
        try FileManager.default.removeItem(atPath: commands.path + "/" + name)
        #expect(try commands.taken() == [command])
        #expect(FileManager.default.fileExists(atPath: commands.path + "/" + name))
        #expect(try commands.taken() == [])
    }

    @Test func aLearningRateIsANumberFromZeroUp() throws {
        let file = URL(fileURLWithPath: commands.path + "/learning_rate.txt")
        #expect(commands.learningRate() == nil)
        for (text, rate) in [("1e-4\n", 1e-4), ("0", 0)] {
            try Data(text.utf8).write(to: file)
            #expect(commands.learningRate() == rate)
        }
        for text in ["", "fast", "-1", "nan", "inf"] {
            try Data(text.utf8).write(to: file)
            #expect(commands.learningRate() == nil, "\(text)")
        }
    }

    @Test func theHeartbeatIsALineNowAndThen() throws {
        let path = temporary.path("pong.txt")
        let heartbeat = Heartbeat(path, interval: .seconds(3600))
        for _ in 0..<3 { try heartbeat.beat() }
        try Heartbeat(path).beat()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.wholeMatch(of: /pid\d+_time[0-9TZ:-]+_nonce[0-9a-f]+/) != nil)
        }
    }
}
