import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct BytePairTrainerTests {
    private func trained(_ texts: [String], size: Int) throws -> TrainedVocabulary {
        var trainer = try BytePairTrainer(vocabularySize: size)
        for text in texts { trainer.add(text) }
        return try trainer.train()
    }

    @Test func learnsTheSameVocabularyAsTheReferenceTrainer() throws {
        let corpus = try String(contentsOf: fixture("tokenizer/corpus.txt"), encoding: .utf8)
        let vocabulary = try trained([corpus], size: 1000)
        let reference = fixture("tokenizer/small")
        let merges = try Data(contentsOf: reference.appendingPathComponent("vocab.bpe"))
        #expect(vocabulary.mergesFile == Array(merges))
        let tokenizer = try vocabulary.tokenizer()
        #expect(tokenizer.endOfText == 999)
        #expect(tokenizer.encode(corpus) == (try Vocabularies.small.get().encode(corpus)))
    }

    @Test func orderOfTextsDoesNotMatter() throws {
        let texts = ["the cat sat", "on the mat the cat", "that cat that sat"]
        let forwards = try trained(texts, size: 264)
        let backwards = try trained(texts.reversed(), size: 264)
        #expect(forwards.mergesFile == backwards.mergesFile)
    }

    @Test(arguments: [
        "aaaaaaaa aaaa aaa", "abababab bababa", "aabaabaab", "mississippi mississippi",
    ])
    func overlappingPairsAreCountedAsADefinitionCountsThem(text: String) throws {
        let wanted = 6
        var words = text.split(separator: " ").enumerated().map { index, word in
            (index == 0 ? "" : "Ġ") + word
        }.map { $0.map(String.init) }
        var expected: [String] = []
        while expected.count < wanted {
            var counts: [[String]: Int] = [:]
            for word in words {
                for pair in zip(word, word.dropFirst()) {
                    counts[[pair.0, pair.1], default: 0] += 1
                }
            }
            let known =
                ByteAlphabet.bytesInOrder.map { ByteAlphabet.text(for: [$0]) }
                + expected.map { $0.replacing(" ", with: "") }
            func id(_ token: String) -> Int { known.firstIndex(of: token) ?? .max }
            let best = counts.min {
                ($1.value, id($0.key[0]), id($0.key[1])) < ($0.value, id($1.key[0]), id($1.key[1]))
            }
            guard let best, best.value > 1 else { break }
            expected.append(best.key.joined(separator: " "))
            words = words.map { word in
                var merged: [String] = []
                for part in word {
                    if merged.last == best.key[0], part == best.key[1], merged.count > 0 {
                        merged[merged.count - 1] += part
                    } else {
                        merged.append(part)
                    }
                }
                return merged
            }
        }
        let vocabulary = try trained([text], size: 257 + expected.count)
        let lines = String(decoding: vocabulary.mergesFile, as: UTF8.self).split(separator: "\n")
        #expect(lines.dropFirst().map(String.init) == expected)
    }

    @Test func tooLittleTextIsAnErrorThatSaysWhatCanBeHad() throws {
        let expected = TokenizerError(.tooLittleText(reached: 259, wanted: 300))
        #expect(throws: expected) { try trained(["abc", "abc"], size: 300) }
        #expect(try trained(["abc", "abc"], size: 259).count == 259)
        #expect(throws: TokenizerError(.tooLittleText(reached: 257, wanted: 258))) {
            try trained([], size: 258)
        }
    }

    @Test(arguments: [Int.min, 0, 256, 1_000_001, Int.max])
    func impossibleSizeIsAnError(size: Int) {
        #expect(throws: TokenizerError.self) { try BytePairTrainer(vocabularySize: size) }
    }

    @Test func smallestVocabularyIsTheBytes() throws {
        let tokenizer = try trained([], size: 257).tokenizer()
        #expect(tokenizer.vocabularyCount == 257)
        #expect(tokenizer.encode("! é") == [0, 220, 127, 102])
        #expect(tokenizer.encode("<|endoftext|>", endOfText: .special) == [256])
    }

    @Test func progressCountsUpToTheSize() throws {
        var trainer = try BytePairTrainer(vocabularySize: 259)
        trainer.add("abc")
        trainer.add("abc")
        var seen: [Int] = []
        _ = try trainer.train { count, wanted in
            #expect(wanted == 259)
            seen.append(count)
        }
        #expect(seen == [258, 259])
    }
}
