import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct MergeListTests {
    private func error(_ merges: [UInt8]) throws -> TokenizerError? {
        let vocabulary = Array(Vocabularies.json(["ab", "abc", "bc"]).utf8)
        do {
            _ = try BytePairTokenizer(vocabulary: vocabulary, merges: merges)
            return nil
        } catch let error as TokenizerError {
            #expect(error.file == "vocab.bpe")
            return error
        }
    }

    private func error(_ merges: String) throws -> TokenizerError? {
        try error(Array(merges.utf8))
    }

    @Test(arguments: [
        "#version: 0.2\na b\nab c\n", "a b\nab c", "#version: 0.2\r\na b\r\nab c\r\n\r\n", "",
        "#version: 0.2 - Trained by somebody\na b\nb c\nab c\n\n", "a b\nb c\nab c\na bc",
    ])
    func goodListIsTaken(text: String) throws {
        #expect(try error(text) == nil)
    }

    @Test func lineEndsDoNotChangeTheIds() throws {
        let vocabulary = Array(Vocabularies.json(["ab", "abc"]).utf8)
        let ids = try ["#version: 0.2\na b\nab c\n", "a b\r\nab c"].map {
            try BytePairTokenizer(vocabulary: vocabulary, merges: Array($0.utf8)).encode("abcab")
        }
        #expect(ids == [[257, 256], [257, 256]])
    }

    @Test(arguments: ["a b\nabc", "a b\na  b", "a b\n a b", "a b\na b c", "a b\n\nab c", "a b\nb "])
    func lineThatIsNotAPairIsRefused(text: String) throws {
        let error = try error(text)
        #expect(error?.fault == .mergeNotAPair)
        #expect(error?.line == 2)
    }

    @Test func unknownPartIsRefused() throws {
        #expect(try error("a b\nxy c")?.fault == .mergePartUnknown(part: "xy"))
        #expect(try error("a 汉")?.fault == .mergePartUnknown(part: "汉"))
        #expect(try error("a\tb c")?.fault == .mergePartUnknown(part: "a\tb"))
    }

    @Test func partThatIsMadeLaterIsRefused() throws {
        #expect(try error("ab c\na b")?.fault == .mergePartNotYetMade(part: "ab"))
    }

    @Test func unknownResultIsRefused() throws {
        #expect(try error("a b\nab ab")?.fault == .mergeResultUnknown(result: "abab"))
    }

    @Test func pairThatStandsTwiceIsRefusedWithBothLines() throws {
        let plain = try error("a b\nb c\na b")
        #expect(plain?.fault == .mergeTwice(firstLine: 1))
        #expect(plain?.line == 3)
        let versioned = try error("#version: 0.2\na b\nb c\nb c")
        #expect(versioned?.fault == .mergeTwice(firstLine: 3))
        #expect(versioned?.line == 4)
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        #expect(try error([0x61, 0x20, 0xFF])?.fault == .mergesNotUTF8)
    }

    /// What is wrong with `merges` beside the bytes and `more`, if anything is.
    private func fault(_ merges: [String], more: [String]) throws -> TokenizerError.Fault? {
        do {
            _ = try BytePairTokenizer(
                vocabulary: Array(Vocabularies.json(more).utf8),
                merges: Array(merges.joined(separator: "\n").utf8))
            return nil
        } catch let error as TokenizerError {
            return error.fault
        }
    }

    @Test func listCutShortIsRefused() throws {
        let learned = ["ab", "abc", "bc"]
        let end = EndOfText.spelling
        #expect(try fault(["a b", "ab c", "b c"], more: learned + [end]) == nil)
        for length in 0..<3 {
            #expect(
                try fault(Array(["a b", "ab c", "b c"].prefix(length)), more: learned + [end])
                    == .tokensNotMade(count: 3 - length, vocabulary: "encoder.json"))
        }
        // A gap shows with no mark of the end, too.
        #expect(
            try fault(["a b", "b c"], more: learned)
                == .tokensNotMade(count: 1, vocabulary: "encoder.json"))
        let error = TokenizerError(
            .tokensNotMade(count: 50_000, vocabulary: "encoder.json"), file: "vocab.bpe")
        #expect(
            error.description == "vocab.bpe: 50000 tokens of encoder.json are made by no merge, so "
                + "this list is cut short or belongs to another vocabulary; fetch both again")
    }

    @Test func addedEntriesNeedNoMerges() throws {
        let marks = (0..<65).map { "<|mark\($0)|>" }
        let learned = ["ab", EndOfText.spelling]
        #expect(try fault(["a b"], more: learned + marks.prefix(64)) == nil)
        #expect(
            try fault(["a b"], more: learned + marks)
                == .tokensNotMade(count: 65, vocabulary: "encoder.json"))
        #expect(
            try fault([], more: marks) == .tokensNotMade(count: 65, vocabulary: "encoder.json"))
    }

    @Test func shippedVocabulariesCutAnywhereAreRefused() throws {
        let folder = fixture("tokenizer/small").path
        let vocabulary = try WholeFile.read("\(folder)/encoder.json")
        let lines = try WholeFile.read("\(folder)/vocab.bpe").split(separator: UInt8(ascii: "\n"))
        for kept in [0, 1, 2, lines.count / 2, lines.count - 1] {
            #expect(throws: TokenizerError.self) {
                try BytePairTokenizer(
                    vocabulary: vocabulary,
                    merges: Array(lines.prefix(kept).joined(separator: Array("\n".utf8))))
            }
        }
    }

    @Test func aLaterVersionLineIsAMerge() throws {
        #expect(try error("a b\n#version: 0.2")?.fault == .mergePartUnknown(part: "#version:"))
    }
}
