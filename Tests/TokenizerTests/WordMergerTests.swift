import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct WordMergerTests {
    /// Long words go through a heap, short ones do not; both must do what this does slowly.
    private func mergedNaively(_ text: String, _ merges: [(String, String)]) -> [String] {
        var parts = text.map(String.init)
        while true {
            let found = merges.lazy.compactMap { merge in
                parts.indices.dropLast().first {
                    parts[$0] == merge.0 && parts[$0 + 1] == merge.1
                }
            }.first
            guard let found else { return parts }
            parts[found] += parts.remove(at: found + 1)
        }
    }

    @Test(arguments: [1, 7, 39, 40, 41, 42, 200])
    func wordsOfAnyLengthMergeAsTheDefinitionSays(length: Int) throws {
        let lines = ["a a", "a b", "aa aa", "b a", "ab ab", "aaaa a", "c ab", "ba c", "aa b"]
        let tokenizer = try Vocabularies.tokenizer(merges: lines)
        let merges = lines.map { line in
            let parts = line.split(separator: " ").map(String.init)
            return (parts[0], parts[1])
        }
        var random = SeededGenerator(state: 42)
        for _ in 0..<20 {
            var word = ""
            for _ in 0..<length {
                word += ["a", "a", "b", "c"].randomElement(using: &random) ?? ""
            }
            let pieces = try tokenizer.encode(word).map { try tokenizer.decodeText([$0]) }
            #expect(pieces == mergedNaively(word, merges))
        }
    }

    @Test func oneWordOfManyLengthsRoundTrips() throws {
        let tokenizer = try Vocabularies.small.get()
        for length in 30...50 {
            let word = String(repeating: "the", count: length).prefix(length)
            #expect(try tokenizer.decodeText(tokenizer.encode(String(word))) == word)
        }
    }
}
