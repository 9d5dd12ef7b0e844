import Testing
import Tokenizer

@testable import Serving

@Suite struct SampleTextTests {
    private let tokenizer: BytePairTokenizer

    /// A token a byte, so that texts come in the smallest pieces.
    init() throws {
        let smallest = BytePairTrainer.allowedSizes.lowerBound
        tokenizer = try BytePairTrainer(vocabularySize: smallest).train().tokenizer()
    }

    private func pieces(of text: String, cutAt cut: String?) throws -> [String] {
        var sample = SampleText(tokenizer, cutAt: cut)
        var pieces = try tokenizer.encode(text).map { try sample.append($0) }
        pieces.append(sample.finish())
        return pieces
    }

    @Test func charactersComeWhole() throws {
        let pieces = try pieces(of: "é🙂!", cutAt: nil)
        #expect(pieces.filter { !$0.isEmpty } == ["é", "🙂", "!"])
    }

    @Test(arguments: [
        ("one<|endoftext|>two<|endoftext|>", "<|endoftext|>", "one"),
        ("a<|endof<|endoftext|>b", "<|endoftext|>", "a<|endof"),
        ("nothing to cut <|end", "<|endoftext|>", "nothing to cut <|end"),
        ("first. second.", ".", "first"), ("ends é", "é", "ends "),
    ])
    func textEndsBeforeTheFirstOccurrence(text: String, cut: String, rest: String) throws {
        #expect(try pieces(of: text, cutAt: cut).joined() == rest)
    }

    @Test func aCutSampleSaysSo() throws {
        var sample = SampleText(tokenizer, cutAt: "b")
        let tokens = tokenizer.encode("abc")
        #expect(try sample.append(tokens[0]) == "a")
        #expect(!sample.isCut)
        #expect(try sample.append(tokens[1]).isEmpty)
        #expect(sample.isCut)
        #expect(try sample.append(tokens[2]).isEmpty)
        #expect(sample.finish().isEmpty)
    }

    @Test func anUnfinishedCharacterAtTheEndIsReplaced() throws {
        var sample = SampleText(tokenizer, cutAt: nil)
        #expect(try sample.append(tokenizer.encode("é")[0]).isEmpty)
        #expect(sample.finish() == "\u{FFFD}")
    }
}
