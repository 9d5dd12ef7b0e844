import Testing

@testable import Tokenizer

@Suite struct TextCombinerTests {
    private func chunks(_ texts: [String], combine: Int) -> [String] {
        var combiner = TextCombiner(combine: combine)
        return texts.compactMap { combiner.add($0) } + [combiner.finish()].compactMap { $0 }
    }

    @Test func shortTextsAreJoinedWithTheMark() {
        #expect(chunks(["one", "two"], combine: 50) == ["one<|endoftext|>two<|endoftext|>"])
    }

    @Test func textThatFillsAChunkEndsItWithoutTheMark() {
        #expect(chunks(["12345"], combine: 5) == ["12345"])
        #expect(
            chunks(["1", "12345", "x"], combine: 19) == ["1<|endoftext|>12345", "x<|endoftext|>"])
    }

    @Test func charactersAreCountedAsPythonCounts() {
        // 👍🏽 is one character to Swift, two to Python; e with an accent behind it likewise.
        #expect(chunks(["👍🏽e\u{301}", "x"], combine: 4) == ["👍🏽e\u{301}", "x<|endoftext|>"])
        // A line's end is two.
        #expect(chunks(["a\r\n", "x"], combine: 3) == ["a\r\n", "x<|endoftext|>"])
    }

    @Test func combineOfZeroGivesEachTextItsChunk() {
        #expect(chunks(["a", "b"], combine: 0) == ["a", "b"])
    }

    @Test func noTextsGiveNoChunks() {
        #expect(chunks([], combine: 50) == [])
    }
}
