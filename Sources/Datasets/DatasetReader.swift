import Checkpoints
import Tokenizer

/// Makes a corpus of the files of a data set.
struct DatasetReader {
    let options: DatasetOptions
    let tokenizer: BytePairTokenizer
    /// V: the model's, which may be larger than the tokenizer's.
    let vocabularySize: Int
    private(set) var warnings: [String] = []

    init(_ options: DatasetOptions, tokenizer: BytePairTokenizer, vocabularySize: Int) {
        self.options = options
        self.tokenizer = tokenizer
        self.vocabularySize = vocabularySize
    }

    // MARK: - Shards

    /// Shards of one stream of tokens, in the order given.
    func corpus(ofShards paths: [String]) throws(DatasetError) -> TokenCorpus {
        try requirePlainTokens(paths)
        var corpus = TokenCorpus(path: options.path)
        var shards: [Shard] = []
        for path in paths { shards.append(try shard(path)) }
        try corpus.addSegment(shards)
        return corpus
    }

    /// One shard, in the file or, where its ids are not of 16 bits, in memory.
    private enum Shard: TokenStorage {
        case inFile(TokenShard)
        case inMemory(TokenList)

        var count: Int {
            switch self {
            case .inFile(let shard): shard.count
            case .inMemory(let list): list.count
            }
        }

        var byteCount: Int {
            switch self {
            case .inFile(let shard): shard.byteCount
            case .inMemory(let list): list.byteCount
            }
        }

        func append(_ range: Range<Int>, to ids: inout [Int32]) throws(DatasetError) {
            switch self {
            case .inFile(let shard): try shard.append(range, to: &ids)
            case .inMemory(let list): list.append(range, to: &ids)
            }
        }
    }

    private func shard(_ path: String) throws(DatasetError) -> Shard {
        guard FileKind.suffix(of: path) == ".npy" else {
            return .inFile(try TokenShard(raw: path, vocabularySize: vocabularySize))
        }
        let file = try DatasetError.naming(path) { try NPYFile(path: path) }
        if file.elementType == .uint16 {
            return .inFile(try TokenShard(file, vocabularySize: vocabularySize))
        }
        // Everything else is read whole, which no number of elements in a header may overstrain.
        let limit = NPZReader.defaultMaximumByteCount
        guard file.file.size <= limit else {
            throw .tooLarge(path: path, bytes: file.file.size, limit: limit)
        }
        let array = try DatasetError.naming(path) { try NPYArray(path: path) }
        return .inMemory(
            try TokenList(array, named: nil, vocabularySize: vocabularySize, path: path))
    }

    // MARK: - Texts and arrays

    /// Texts, CSV files and `.npz` files of token ids.
    ///
    /// A text alone is one segment. Several are joined as `TextCombiner` does it, and each chunk
    /// is a segment, as is each array of an `.npz` file.
    mutating func corpus(ofTexts paths: [String]) throws(DatasetError) -> TokenCorpus {
        let encoded = paths.filter { FileKind(path: $0) == .arrays }
        if encoded.count == paths.count || options.maskPrompt != nil {
            try requirePlainTokens(encoded)
        }
        var corpus = TokenCorpus(path: options.path)
        var chunk = TextChunk(combine: paths.count == 1 ? nil : options.combine)
        var isEmpty = true
        for path in paths {
            if FileKind(path: path) == .arrays {
                try addArrays(of: path, to: &corpus)
                isEmpty = false
                continue
            }
            let text = try text(path)
            isEmpty = isEmpty && text.text.isEmpty
            if let whole = chunk.add(text) { try add(whole, to: &corpus) }
        }
        // Marks between texts that are empty teach nothing.
        guard !isEmpty else { throw .empty(path: options.path) }
        if let last = chunk.finish() { try add(last, to: &corpus) }
        return corpus
    }

    /// Throws where a column or a side was asked for, which token ids do not have.
    private func requirePlainTokens(_ paths: [String]) throws(DatasetError) {
        guard let path = paths.first else { return }
        if options.csvColumn != nil { throw .columnOfTokens(path: path) }
        if options.maskPrompt != nil { throw .notChatLog(path: path) }
    }

    private func addArrays(of path: String, to corpus: inout TokenCorpus) throws(DatasetError) {
        let reader = try DatasetError.naming(path) { try NPZReader(path: path) }
        for name in reader.names {
            let array = try DatasetError.naming(path) { try reader.array(named: name) }
            try corpus.addSegment(
                TokenList(array, named: name, vocabularySize: vocabularySize, path: path))
        }
    }

    private mutating func text(_ path: String) throws(DatasetError) -> TextChunk.Text {
        let text = try TextReader(encoding: options.encoding).read(path)
        if FileKind(path: path) == .csv || options.csvColumn != nil {
            guard options.maskPrompt == nil else { throw .notChatLog(path: path) }
            return TextChunk.Text(
                try CSVReader.trainingText(of: text, column: options.csvColumn, path: path))
        }
        if let side = options.maskPrompt {
            return TextChunk.Text(text, learned: try learned(by: side, in: text, path: path))
        }
        warnAboutBrokenTurns(in: text, path: path)
        return TextChunk.Text(text)
    }

    private func learned(
        by side: Int, in text: String, path: String
    ) throws(DatasetError) -> [Range<Int>] {
        let log = ChatLog(text)
        // An empty file among others is no wrong kind of data.
        guard log.isLikely || text.utf8.allSatisfy({ $0 == 0x0A || $0 == 0x20 }) else {
            throw .notChatLog(path: path)
        }
        do {
            try log.check()
        } catch {
            throw .brokenTurns(path: path, count: error.count, lines: error.lines)
        }
        return log.said(by: side)
    }

    private mutating func warnAboutBrokenTurns(in text: String, path: String) {
        guard text.utf8.count <= ChatLog.checkedByteCount else { return }
        let log = ChatLog(text)
        guard log.isLikely else { return }
        do {
            try log.check()
        } catch {
            warnings.append(
                "\(path): \(DatasetError.broken(error.count, error.lines)); such lines are learned as "
                    + "they stand, and `dixie dataset check \(path)` says what is wrong with each")
        }
    }

    private func add(
        _ text: TextChunk.Text, to corpus: inout TokenCorpus
    ) throws(DatasetError) {
        let ids = tokenizer.encode(text.text)
        let list = try TokenList(ids, vocabularySize: vocabularySize, path: options.path)
        guard options.maskPrompt != nil else { return try corpus.addSegment(list) }
        let mask = try DatasetError.naming(options.path) {
            try TokenMask.mask(of: ids, learning: text.learned, tokenizer: tokenizer)
        }
        try corpus.addSegment(list, learned: mask)
    }
}
