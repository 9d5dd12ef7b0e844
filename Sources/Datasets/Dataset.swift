import Foundation
import Tokenizer

/// What a run learns from: windows of tokens, and what to tell the person about them.
public struct Dataset: Sendable {
    /// T tokens each; see `WindowSource`. There is at least one window with a target.
    public let windows: any WindowSource
    public let tokenCount: Int
    /// What the tokens take of memory, those of another set's whole where this is a part of it.
    public var byteCount: Int { corpus.byteCount + (validation?.byteCount ?? 0) }
    /// One line: what it is, and how many files and tokens.
    public let summary: String
    /// Sentences about what is not an error and hardly meant.
    public internal(set) var warnings: [String]

    let corpus: TokenCorpus
    /// Shards that are kept for validation by their names.
    let validation: TokenCorpus?
    let options: DatasetOptions
    let order: DatasetOptions.Order
    private let padding: Int32

    /// Reads a data set, or opens it where its tokens stay in files.
    ///
    /// Texts are made tokens once, here, and a window is any run of them; the original's sampler
    /// of single texts began at a random byte and made tokens of what followed, which differ from
    /// these only next to its cut.
    ///
    /// - Parameters:
    ///   - options: what to read and how.
    ///   - tokenizer: the model's.
    ///   - vocabularySize: V, the model's; every id is checked to be below.
    /// - Returns: a data set with a window or more.
    /// - Throws: `DatasetError`.
    public static func open(
        _ options: DatasetOptions, tokenizer: BytePairTokenizer, vocabularySize: Int
    ) throws(DatasetError) -> Dataset {
        try options.validate()
        let files = try DatasetError.naming(options.path) {
            try TextFiles.matching(options.path)
        }
        let shards = files.filter { FileKind(path: $0) == .shard }
        var reader = DatasetReader(
            options, tokenizer: tokenizer, vocabularySize: vocabularySize)
        let padding = tokenizer.endOfText.flatMap { $0 < vocabularySize ? $0 : nil } ?? 0
        guard let shard = shards.first else {
            let corpus = try reader.corpus(ofTexts: files)
            return try Dataset(
                corpus, options: options, order: options.order ?? .random, padding: padding,
                contents: contents(of: files, corpus), warnings: reader.warnings)
        }
        if let other = files.first(where: { FileKind(path: $0) != .shard }) {
            throw .shardsAmongOthers(path: options.path, shard: shard, other: other)
        }
        try requireWhole(shards)
        let held = shards.filter(FileKind.isValidation)
        let isSplit = !held.isEmpty && held.count < shards.count
        let used = isSplit ? shards.filter { !FileKind.isValidation($0) } : shards
        let kept = isSplit ? "; \(held.count) more for validation" : ""
        return try Dataset(
            reader.corpus(ofShards: used),
            validation: isSplit ? reader.corpus(ofShards: held) : nil, options: options,
            order: options.order ?? .sequential, padding: padding,
            contents: DatasetError.count(used.count, "token shard") + kept)
    }

    /// That beside the shards there is none of a set that `ShardWriter` has not finished.
    private static func requireWhole(_ shards: [String]) throws(DatasetError) {
        for folder in Set(shards.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path })
        {
            // What cannot be listed can still be read, by a pattern without a star.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            if let shard = names.sorted().first(where: ShardWriter.isUnfinished) {
                throw .shardsUnfinished(folder: folder, shard: shard)
            }
        }
    }

    init(
        _ corpus: TokenCorpus, validation: TokenCorpus? = nil, options: DatasetOptions,
        order: DatasetOptions.Order, padding: Int32, contents: String, warnings: [String] = []
    ) throws(DatasetError) {
        let windows = CorpusWindows(
            corpus, windowLength: options.windowLength, order: order, seed: options.seed,
            stream: options.stream, padding: padding)
        guard windows.starts.count > 0 else {
            guard let side = options.maskPrompt, corpus.tokenCount > 0 else {
                throw .empty(path: options.path)
            }
            throw .nothingToLearn(path: options.path, side: side)
        }
        self.windows = windows
        self.corpus = corpus
        self.validation = validation
        self.options = options
        self.order = order
        self.padding = padding
        self.warnings = warnings + Self.warnings(about: windows, options)
        tokenCount = corpus.tokenCount
        let side = options.maskPrompt.map { ", of which side \($0)'s are learned" } ?? ""
        summary =
            "\(options.path): \(contents), \(DatasetError.count(tokenCount, "token"))\(side), in "
            + "windows of \(options.windowLength) \(order == .random ? "at random" : "in sequence")"
    }

    /// A part of this data set, or what is kept beside it.
    func part(
        _ corpus: TokenCorpus, contents: String, seed: UInt64, stream: UInt32
    ) throws(DatasetError) -> Dataset {
        var options = options
        options.seed = seed
        options.stream = stream
        return try Dataset(
            corpus, options: options, order: order, padding: padding, contents: contents)
    }

    private static func contents(of files: [String], _ corpus: TokenCorpus) -> String {
        let encoded = files.filter { FileKind(path: $0) == .arrays }.count
        let texts = files.count - encoded
        let parts = corpus.segments.count
        if encoded == 0 {
            return texts == 1 ? "a text" : "\(texts) texts in \(DatasetError.count(parts, "chunk"))"
        }
        let arrays = DatasetError.count(encoded, "file") + " of encoded text"
        let both = texts == 0 ? arrays : "\(DatasetError.count(texts, "text")) and \(arrays)"
        return "\(both) in \(DatasetError.count(parts, "chunk"))"
    }

    private static func warnings(
        about windows: CorpusWindows, _ options: DatasetOptions
    ) -> [String] {
        let needed = options.windowLength + 1
        if windows.starts.isPadded {
            return [
                """
                \(options.path): no text in it has the \(needed) tokens that a window of \
                \(options.windowLength) takes, so windows are padded; give more text or a shorter \
                window
                """
            ]
        }
        let unused = windows.starts.unusedTokenCount
        guard unused > 0 else { return [] }
        return [
            """
            \(options.path): \(unused) of \(windows.tokenCount) tokens are in texts of fewer than \
            \(needed), too short for a window, and are not used; raise --combine or take a shorter \
            window
            """
        ]
    }
}
