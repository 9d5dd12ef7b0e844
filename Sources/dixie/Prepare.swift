import ArgumentParser
import Checkpoints
import Datasets
import Foundation
import Terminal

/// `dixie prepare`: text as it was meant, before a model learns it.
struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Mend text that was garbled on its way: encodings, quotes, controls.",
        discussion: """
            Line by line, and in files of any size. docs/TOOLS.md says what is mended, and where \
            that differs from ftfy.
            """
    )

    @Argument(help: "The text; - is standard input.")
    var `in`: String

    @Option(
        help: ArgumentHelp("Where to write; - is standard output.", valueName: "file"))
    var outfile = "-"

    @Option(help: "What IN is written in.")
    var encoding = TextPreparer.Encoding.utf8

    private static let pieceByteCount = 1 << 20

    func validate() throws {
        guard !`in`.isEmpty else { throw ValidationError("IN is empty; name a file, or - .") }
        try requireText(outfile, of: "outfile")
    }

    func run() throws {
        guard outfile != "-" else {
            try prepare { try writeOut($0) }
            return
        }
        try requireWritable(outfile)
        try AtomicFile.write(to: outfile) { file in
            try prepare { try file.append($0) }
        }
    }

    private func prepare(_ write: ([UInt8]) throws -> Void) throws {
        let input = try opened()
        var preparer = TextPreparer(
            encoding: encoding, path: `in` == "-" ? "standard input" : `in`)
        while let piece = try input.read(upToCount: Self.pieceByteCount), !piece.isEmpty {
            try write(preparer.append(piece))
        }
        try write(preparer.finish())
    }

    private func opened() throws -> FileHandle {
        if `in` == "-" { return .standardInput }
        guard let handle = FileHandle(forReadingAtPath: `in`) else {
            throw TerminalError.cannotRead(path: `in`, code: errno)
        }
        return handle
    }
}

extension TextPreparer.Encoding: ExpressibleByArgument {}
