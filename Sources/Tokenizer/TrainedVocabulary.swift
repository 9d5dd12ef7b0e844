import Foundation
import JSON

/// A learned vocabulary, ready to be written or used: the bytes in the order of GPT-2's alphabet,
/// the merges in the order they were learned, `<|endoftext|>`.
public struct TrainedVocabulary: Sendable {
    /// The pairs in the order they were learned; the first makes token 256.
    public private(set) var merges: [(left: TokenID, right: TokenID)] = []
    /// The bytes of each token but `<|endoftext|>`.
    private var tokens = ByteAlphabet.bytesInOrder.map { [$0] }
    /// Two different pairs may make the same bytes, which then have one token.
    private var ids: [ByteString: TokenID] = [:]

    init() {
        for (id, bytes) in tokens.enumerated() { ids[ByteString(bytes)] = TokenID(id) }
    }

    /// How many tokens there are, `<|endoftext|>` included.
    public var count: Int { tokens.count + 1 }

    mutating func append(_ left: TokenID, _ right: TokenID) -> TokenID {
        merges.append((left, right))
        let bytes = tokens[Int(left)] + tokens[Int(right)]
        if let id = ids[ByteString(bytes)] { return id }
        let id = TokenID(tokens.count)
        tokens.append(bytes)
        ids[ByteString(bytes)] = id
        return id
    }

    /// The text of `encoder.json`.
    public var vocabularyFile: [UInt8] {
        var members = tokens.enumerated().map { id, bytes in
            JSONMember(ByteAlphabet.text(for: bytes), .integer(id))
        }
        members.append(JSONMember(EndOfText.spelling, .integer(tokens.count)))
        return JSONValue.object(members).serializedBytes
    }

    /// The text of `vocab.bpe`.
    public var mergesFile: [UInt8] {
        var text = "#version: 0.2\n"
        for (left, right) in merges {
            text += ByteAlphabet.text(for: tokens[Int(left)])
            text += " " + ByteAlphabet.text(for: tokens[Int(right)]) + "\n"
        }
        return Array(text.utf8)
    }

    /// An encoder with this vocabulary.
    public func tokenizer() throws -> BytePairTokenizer {
        try BytePairTokenizer(vocabulary: vocabularyFile, merges: mergesFile)
    }

    /// Writes both files into `folder`, making it if need be. Each is replaced whole.
    ///
    /// - Throws: `TokenizerError` naming the file that could not be written.
    public func write(to folder: String, as names: VocabularyFiles = .openAI) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw TokenizerError(.unwritable(reason: "no folder can be made"), file: folder)
        }
        try WholeFile.write(
            vocabularyFile, to: VocabularyFiles.path(names.vocabulary, in: folder))
        try WholeFile.write(mergesFile, to: VocabularyFiles.path(names.merges, in: folder))
    }
}
