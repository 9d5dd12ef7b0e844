/// A vocabulary's two files, read and not yet understood: whoever has a tokenizer of the same bytes
/// need not make another.
public struct VocabularyBytes: Sendable {
    /// Of `encoder.json` or `vocab.json`.
    public let vocabulary: [UInt8]
    /// Of `vocab.bpe` or `merges.txt`.
    public let merges: [UInt8]
    fileprivate let vocabularyName: String
    fileprivate let mergesName: String

    /// - Parameters:
    ///   - vocabulary: the path of the first.
    ///   - merges: the path of the second.
    /// - Throws: `TokenizerError` naming the file that cannot be read.
    public init(vocabulary: String, merges: String) throws {
        self.vocabulary = try WholeFile.read(vocabulary)
        self.merges = try WholeFile.read(merges)
        vocabularyName = vocabulary
        mergesName = merges
    }
}

extension BytePairTokenizer {
    /// - Throws: `TokenizerError` with the first fault in either file and its place.
    public convenience init(_ bytes: VocabularyBytes) throws {
        try self.init(
            vocabulary: bytes.vocabulary, merges: bytes.merges,
            vocabularyName: bytes.vocabularyName, mergesName: bytes.mergesName)
    }
}
