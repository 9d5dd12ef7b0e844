import Foundation
import TestSupport
import Tokenizer

/// The program as it was built beside the tests, run as a person runs it.
struct DixieProgram {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("dixie")

    static func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    static func run(_ arguments: [String]) throws -> Outcome {
        try run(executable, arguments)
    }

    /// What a line of a shell comes to, in which `"$0"` is the program and `"$1"` and so on are
    /// `arguments`.
    static func shell(_ line: String, _ arguments: String...) throws -> Outcome {
        try run(URL(fileURLWithPath: "/bin/sh"), ["-c", line, executable.path] + arguments)
    }

    static func run(_ program: URL, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let errors = try TemporaryFolder()
        let errorPath = try errors.write("", to: "errors")
        let output = Pipe()
        process.standardOutput = output
        // A file, so that only one pipe has to be read.
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: try String(contentsOfFile: errorPath, encoding: .utf8))
    }
}

/// A folder with a committed model and a vocabulary of one token a byte.
struct SmallModel {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ name: String = "wide", hasWeights: Bool = true) throws {
        folder = try TemporaryFolder()
        let files = hasWeights ? ["config.json", "model.safetensors"] : ["config.json"]
        for file in files {
            try FileManager.default.copyItem(
                at: fixture("gpt2/\(name)/\(file)"), to: folder.url.appendingPathComponent(file))
        }
        let smallest = BytePairTrainer.allowedSizes.lowerBound
        try BytePairTrainer(vocabularySize: smallest).train().write(to: folder.path)
    }
}
