/// Learns a byte-level vocabulary from text: the 256 bytes, then merges, then `<|endoftext|>`.
///
/// Again and again the pair of neighbouring tokens that occurs most often becomes one token; of
/// equally frequent pairs the one with the lower ids, the left one first. The outcome depends on
/// the texts alone, not on their order.
public struct BytePairTrainer {
    /// The sizes that can be learned: at least the bytes and `<|endoftext|>`.
    public static let allowedSizes = 257...1_000_000

    /// A pair must occur this often to become a token.
    private static let fewestOccurrences = 2

    private let vocabularySize: Int
    private var wordCounts: [ByteString: Int] = [:]

    /// - Parameter vocabularySize: how many tokens to learn in all.
    /// - Throws: `TokenizerError` when the size is not one of `allowedSizes`.
    public init(vocabularySize: Int) throws {
        guard Self.allowedSizes.contains(vocabularySize) else {
            throw TokenizerError(.vocabularySize(vocabularySize, allowed: Self.allowedSizes))
        }
        self.vocabularySize = vocabularySize
    }

    /// Counts the words of a text. No word reaches over the end of a text.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var scanner = WordScanner(bytes)
            while let word = scanner.next() {
                wordCounts[ByteString(Array(bytes[word])), default: 0] += 1
            }
        }
    }

    /// Learns the vocabulary from the texts added so far.
    ///
    /// - Parameter progress: called after each merge with how many tokens there are, of how many.
    /// - Returns: the vocabulary.
    /// - Throws: `TokenizerError` when the texts have too few pairs that occur twice, or too many
    ///   different words.
    public func train(
        progress: (_ count: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws -> TrainedVocabulary {
        var vocabulary = TrainedVocabulary()
        var corpus = try PairCorpus(wordCounts)
        while vocabulary.count < vocabularySize {
            guard let pair = corpus.mostFrequent(atLeast: Self.fewestOccurrences) else {
                throw TokenizerError(
                    .tooLittleText(reached: vocabulary.count, wanted: vocabularySize))
            }
            let id = vocabulary.append(pair.left, pair.right)
            corpus.merge(pair, into: id)
            progress(vocabulary.count, vocabularySize)
        }
        return vocabulary
    }
}
