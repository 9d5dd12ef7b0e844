import ArgumentParser
import Datasets
import Terminal
import Tokenizer

/// Where the tokens of `dixie encode --shards` go, and in which form.
struct ShardOptions: ParsableArguments {
    @Flag(
        help: """
            Write nanoGPT's token shards to the folder OUT instead: 16-bit ids, each text after \
            an end-of-text token, the first shard for validation. --combine plays no part.
            """)
    var shards = false

    @Option(
        name: .customLong("shard_tokens"), parsing: .unconditional,
        help: "Tokens in a full shard, 100000000 if left out.")
    var shardTokens: Int?

    @Option(help: "The form of the shards: npy (if left out) or bin, ids and nothing else.")
    var format: ShardWriter.Format?

    func validate() throws {
        guard shards || shardTokens == nil && format == nil else {
            throw ValidationError("--shard_tokens and --format are for --shards; add it.")
        }
        let allowed = ShardWriter.allowedLengths
        if let shardTokens, !allowed.contains(shardTokens) {
            throw ValidationError(
                "--shard_tokens is \(shardTokens); it must be \(allowed.lowerBound) to "
                    + "\(allowed.upperBound).")
        }
    }

    /// Writes all texts that `source` means as shards in `folder`.
    func encode(_ source: String, to folder: String, tokenizer: BytePairTokenizer) throws {
        let texts = try TextFiles.matching(source)
        var writer = try ShardWriter(
            folder: folder, length: shardTokens ?? 100_000_000, format: format ?? .npy,
            tokenizer: tokenizer)
        let shards: [ShardWriter.Shard]
        do {
            try add(texts, to: &writer, tokenizer)
            shards = try writer.finish()
        } catch {
            writer.discard()
            throw error
        }
        for shard in shards { try writeOut("\(shard.path): \(shard.tokenCount) tokens\n") }
    }

    private func add(
        _ texts: [String], to writer: inout ShardWriter, _ tokenizer: BytePairTokenizer
    ) throws {
        var bar = ProgressBar("encoding")
        defer { bar.finish() }
        for (index, path) in texts.enumerated() {
            if path.hasSuffix(".npz") {
                let arrays = try TokenizerArrays.read(
                    path, vocabularyCount: tokenizer.vocabularyCount)
                for tokens in arrays { try writer.add(tokens) }
            } else {
                try writer.add(tokenizer.encode(try TextFiles.read(path)))
            }
            bar.update(index + 1, of: texts.count)
        }
    }
}

extension ShardWriter.Format: ExpressibleByArgument {}
