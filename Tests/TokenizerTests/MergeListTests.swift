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

    @Test func aLaterVersionLineIsAMerge() throws {
        #expect(try error("a b\n#version: 0.2")?.fault == .mergePartUnknown(part: "#version:"))
    }
}
