import Checkpoints
import Crypto
import Synchronization
import Tokenizer

/// The tokenizers in use: models whose vocabulary files have the same bytes share one, since making
/// it takes longer than reading the weights.
final class TokenizerShelf: Sendable {
    private struct Key: Hashable {
        let vocabulary: SHA256Digest
        let merges: SHA256Digest
    }

    /// Kept only while a model has it.
    private struct Holder {
        weak var tokenizer: BytePairTokenizer?
    }

    private let holders = Mutex<[Key: Holder]>([:])

    /// The tokenizer of a vocabulary.
    ///
    /// - Parameter files: of a model.
    /// - Returns: one that is in use, or a new one.
    /// - Throws: `TokenizerError`, `CryptoError`.
    func tokenizer(_ files: ModelFolder.Vocabulary) throws -> BytePairTokenizer {
        let bytes = try VocabularyBytes(files)
        let key = Key(
            vocabulary: try SHA256Digest(hashing: bytes.vocabulary),
            merges: try SHA256Digest(hashing: bytes.merges))
        if let known = holders.withLock({ $0[key]?.tokenizer }) { return known }
        let tokenizer = try BytePairTokenizer(bytes)
        holders.withLock { holders in
            holders = holders.filter { $0.value.tokenizer != nil }
            holders[key] = Holder(tokenizer: tokenizer)
        }
        return tokenizer
    }
}
