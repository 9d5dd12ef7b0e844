import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct BytePairTokenizerTests {
    @Test func smallVocabularyGivesTheIdsOfBothReferences() throws {
        try check(vocabulary: "small", atLeast: 900)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
    func gpt2VocabularyGivesTheIdsOfBothReferences() throws {
        try check(vocabulary: "gpt2", atLeast: 2000)
    }

    private func check(vocabulary: String, atLeast expected: Int) throws {
        let tokenizer = try Vocabularies.named(vocabulary)
        var count = 0
        for encoding in try Encoding.all.get() {
            guard let ids = encoding.ids(vocabulary) else { continue }
            count += 1
            #expect(tokenizer.encode(encoding.bytes) == ids, "\(encoding.bytes)")
            if let text = encoding.text {
                #expect(tokenizer.encode(text) == ids)
                #expect(try tokenizer.decode(ids) == encoding.bytes)
            } else {
                let mended = String(decoding: encoding.bytes, as: UTF8.self)
                #expect(try tokenizer.decodeText(ids) == mended)
            }
            if let special = encoding.ids("\(vocabulary)_special") {
                #expect(tokenizer.encode(encoding.bytes, endOfText: .special) == special)
            }
        }
        #expect(count >= expected)
    }

    @Test func lossyDecodingEqualsPythons() throws {
        var count = 0
        for record in try lines(of: "tokenizer/decodings.jsonl")
        where record["vocabulary"]?.string == "small" {
            let ids = try #require(record["ids"]?.array).compactMap { $0.integer.map(TokenID.init) }
            let text = try #require(record["text"]?.string)
            #expect(Array(try Vocabularies.small.get().decodeText(ids).utf8) == Array(text.utf8))
            count += 1
        }
        #expect(count == 150)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
    func endOfTextIsSevenOrdinaryTokensUnlessAskedFor() throws {
        let tokenizer = try Vocabularies.gpt2.get()
        #expect(tokenizer.vocabularyCount == 50257)
        #expect(tokenizer.endOfText == 50256)
        #expect(tokenizer.encode("<|endoftext|>") == [27, 91, 437, 1659, 5239, 91, 29])
        #expect(tokenizer.encode("<|endoftext|>", endOfText: .special) == [50256])
        #expect(try tokenizer.decodeText([50256]) == "<|endoftext|>")
    }

    @Test func specialEndOfTextIsLiteralInAVocabularyWithoutIt() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        #expect(tokenizer.endOfText == nil)
        #expect(tokenizer.encode("<|endoftext|>", endOfText: .special).count == 13)
    }

    @Test func everyByteTokenDecodesToItsByte() throws {
        let tokenizer = try Vocabularies.small.get()
        let singles = try (0..<256).map { try tokenizer.bytes(of: $0) }
        #expect(singles.allSatisfy { $0.count == 1 })
        #expect(Set(singles.joined()).count == 256)
    }

    @Test(arguments: [TokenID.min, -1, 1000, .max])
    func idOutOfRangeIsAnError(id: TokenID) throws {
        let tokenizer = try Vocabularies.small.get()
        let expected = TokenizerError(.unknownToken(id, count: 1000))
        #expect(throws: expected) { try tokenizer.bytes(of: id) }
        #expect(throws: expected) { try tokenizer.decode([0, id]) }
        #expect(throws: expected) { try tokenizer.decodeText([id]) }
    }

    @Test func mergesApplyEarliestLearnedFirstThenLeftmost() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: ["b c", "a b", "a a", "aa a"])
        func pieces(_ text: String) throws -> [String] {
            try tokenizer.encode(text).map { try tokenizer.decodeText([$0]) }
        }
        #expect(try pieces("abc") == ["a", "bc"])
        #expect(try pieces("abab") == ["ab", "ab"])
        #expect(try pieces("aaaaa") == ["aa", "aaa"])
    }

    @Test func encodingTwiceGivesTheSameAsOnce() throws {
        let tokenizer = try Vocabularies.small.get()
        let text = try String(contentsOf: fixture("tokenizer/corpus.txt"), encoding: .utf8)
        let fresh = try BytePairTokenizer.load(folder: fixture("tokenizer/small").path)
        let first = fresh.encode(text)
        #expect(fresh.encode(text) == first)
        #expect(tokenizer.encode(text) == first)
        #expect(try fresh.decodeText(first) == text)
    }

    @Test func encodingOnManyThreadsGivesTheSameAsOnOne() async throws {
        let tokenizer = try Vocabularies.small.get()
        let texts = try Encoding.all.get().compactMap(\.text).prefix(300).joined(separator: " ")
        let alone = tokenizer.encode(texts)
        await withTaskGroup(of: [TokenID].self) { group in
            for _ in 0..<16 { group.addTask { tokenizer.encode(texts) } }
            for await ids in group { #expect(ids == alone) }
        }
    }

    @Test func twiceTheLengthWithoutASpaceIsLittleMoreThanTwiceTheWork() throws {
        let tokenizer = try Vocabularies.small.get()
        let corpus = try String(contentsOf: fixture("tokenizer/corpus.txt"), encoding: .utf8)
        let letters = String(corpus.filter { $0.isLetter && $0.isASCII })
        for text in [letters, String(repeating: "a", count: 40_000)] {
            let half = String(text.prefix(text.count / 2))
            let work = (half: tokenizer.mergeWork(half), whole: tokenizer.mergeWork(text))
            #expect(Double(work.whole) < 2.3 * Double(work.half), "\(work)")
        }
    }
}
