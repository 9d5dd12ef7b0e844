import Checkpoints
import Compute
import Foundation
import GPT2
import Terminal
import Tokenizer

/// Turning one text into tokens.
struct BenchTokenize {
    let byteCount: Int
    let tokenCount: Int
    private let tokenizer: BytePairTokenizer
    private let text: String

    /// - Parameters:
    ///   - arguments: whose tokenizer.
    ///   - path: a file with the text; nil for one that is made up.
    /// - Throws: `TokenizerError`, `CheckpointError`, or that the file cannot be read.
    init(_ arguments: ModelArguments, text path: String?) throws {
        let vocabulary = try arguments.folder().vocabulary
        tokenizer = try BytePairTokenizer.load(
            vocabulary: vocabulary.encoder, merges: vocabulary.merges)
        if let path {
            let bytes = try TextInput.read(path, limit: TextFiles.byteLimit)
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            text = Self.madeUpText(byteCount: 4 << 20)
        }
        byteCount = text.utf8.count
        tokenCount = tokenizer.encode(text).count
    }

    func run() throws -> Duration {
        ContinuousClock().measure { _ = tokenizer.encode(text) }
    }

    /// Sentences of words that no language has, short ones and a few of them often, as in any.
    private static func madeUpText(byteCount: Int) -> String {
        let random = CounterRandom(seed: 1)
        let onsets = ["b", "ch", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "st", "t", "w"]
        let rimes = ["a", "an", "ar", "e", "el", "en", "er", "i", "ing", "o", "on", "ou", "u"]
        let words = (0..<20_000).map { word in
            let syllables = 1 + min(3, word / 100)
            return (0..<syllables).map { syllable in
                let (a, b, _, _) = random.words(UInt32(word), UInt32(syllable), 1, 0)
                return onsets[Int(a) % onsets.count] + rimes[Int(b) % rimes.count]
            }.joined()
        }
        var text = ""
        var position: UInt32 = 0
        while text.utf8.count < byteCount {
            let (a, b, c, _) = random.words(position, 0, 2, 0)
            // Zipf's law: the rank is spread evenly on a logarithmic scale.
            let rank = pow(Double(words.count), Double(a) / 4_294_967_296) - 1
            text += words[Int(rank)]
            text += b % 12 == 0 ? ".\n" : (c % 9 == 0 ? ", " : " ")
            position += 1
        }
        return text
    }
}
