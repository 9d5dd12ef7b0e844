import ArgumentParser
import Checkpoints
import Foundation
import Serving
import Terminal

/// How many samples, and where they go.
struct SampleOutput: ParsableArguments {
    @Option(parsing: .unconditional, help: "How many texts; 0 never ends.")
    var nsamples = 1

    @Option(
        name: .customLong("batch_size"), parsing: .unconditional,
        help: "Must divide --nsamples. The texts are the same whatever it is.")
    var batchSize = 1

    @Option(
        name: .customLong("sample_delim"), parsing: .unconditional,
        help: """
            What to put after each text in place of a numbered line before it; in files, 20 '=' by \
            default. Hyphens need an equals sign: --sample_delim=-----
            """)
    var delimiter: String?

    @Option(parsing: .unconditional, help: "How many files, each with --nsamples texts.")
    var nfiles = 1

    @Option(
        name: .customLong("destination_path"),
        help: ArgumentHelp(
            """
            The file to write instead of standard output; with --nfiles above 1 the folder of all \
            files, gen by default.
            """, valueName: "path"))
    var destination: String?

    func validate() throws {
        try requireText(destination, of: "destination_path")
        guard (0...1_000_000_000).contains(nsamples) else {
            throw ValidationError("--nsamples is \(nsamples); it must be from 0 to 1000000000.")
        }
        guard batchSize >= 1, nsamples % batchSize == 0 else {
            throw ValidationError(
                "--batch_size is \(batchSize); it must be 1 or more and divide --nsamples, "
                    + "which is \(nsamples).")
        }
        guard (1...1_000_000).contains(nfiles) else {
            throw ValidationError("--nfiles is \(nfiles); it must be from 1 to 1000000.")
        }
        guard nsamples > 0 || (destination == nil && nfiles == 1) else {
            throw ValidationError("--nsamples 0 never ends, so it cannot be written to a file.")
        }
    }

    /// Writes all samples.
    ///
    /// - Parameters:
    ///   - paths: the files, as `paths()` found them.
    ///   - areIDs: whether samples are lines of token ids, which nothing separates.
    ///   - sample: writes one, by its index over all files, with the closure it is given.
    /// - Throws: what `sample` throws, or that a file or standard output cannot be written.
    func write(
        to paths: [String], areIDs: Bool,
        _ sample: (_ index: Int, _ write: (String) throws -> Void) throws -> Void
    ) throws {
        if paths.isEmpty {
            try print(areIDs ? .single : printedFormat, sample)
        } else {
            let inFiles = SampleFormat.delimited(delimiter ?? SampleFormat.defaultDelimiter)
            try write(to: paths, areIDs ? .single : inFiles, sample)
        }
    }

    private var printedFormat: SampleFormat {
        if let delimiter { return .delimited(delimiter) }
        return nsamples == 1 ? .single : .numbered
    }

    private func print(
        _ format: SampleFormat, _ sample: (Int, (String) throws -> Void) throws -> Void
    ) throws {
        var index = 0
        while nsamples == 0 || index < nsamples {
            try writeOut(format.header(index + 1))
            try sample(index, writeOut)
            try writeOut(format.footer)
            index += 1
        }
    }

    private func write(
        to paths: [String], _ format: SampleFormat,
        _ sample: (Int, (String) throws -> Void) throws -> Void
    ) throws {
        var bar = ProgressBar("samples")
        defer { bar.finish() }
        for (number, path) in paths.enumerated() {
            try AtomicFile.write(to: path) { file in
                let append = { (text: String) in try file.append(Array(text.utf8)) }
                for index in number * nsamples..<(number + 1) * nsamples {
                    bar.update(index, of: paths.count * nsamples)
                    try sample(index, append)
                    try append(format.footer)
                }
            }
        }
        bar.update(paths.count * nsamples, of: paths.count * nsamples)
    }

    /// The files to write; none for standard output. Their folder is made.
    ///
    /// - Throws: `TerminalError` when they cannot be written, as is better known before sampling.
    func paths() throws -> [String] {
        guard nfiles > 1 else {
            guard let destination else { return [] }
            try requireWritable(destination)
            return [destination]
        }
        let folder = URL(fileURLWithPath: destination ?? "gen")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TerminalError.cannotWrite(
                path: folder.path, reason: systemReason(error) ?? "its folder cannot be made")
        }
        let paths = (1...nfiles).map {
            folder.appendingPathComponent("gpt2_gentext_\($0).txt").path
        }
        try requireWritable(paths[0])
        return paths
    }
}
