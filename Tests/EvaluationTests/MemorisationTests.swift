import TestSupport
import Testing
import Tokenizer

@testable import Evaluation

@Suite struct MemorisationTests {
    @Test func runsEqualThoseOfAPlainSearch() {
        var generator = SeededGenerator(seed: 5)
        func tokens(_ count: Int) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: 0..<4, using: &generator) }
        }
        for _ in 0..<40 {
            let sequences = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                tokens(Int.random(in: 0...12, using: &generator))
            }
            let parts = (0..<3).map { _ in tokens(15) }
            var runs = CommonRuns(sequences)
            for part in parts { runs.read(part) }
            #expect(runs.lengths() == sequences.map { Self.longest($0, parts) })
        }
    }

    private static func longest(_ sequence: [Int32], _ parts: [[Int32]]) -> Int {
        let known = parts.reduce(into: Set<ArraySlice<Int32>>()) { $0.formUnion(runs(of: $1)) }
        return runs(of: sequence).filter(known.contains).map(\.count).max() ?? 0
    }

    /// Every run of one token or more.
    private static func runs(of sequence: [Int32]) -> [ArraySlice<Int32>] {
        sequence.indices.flatMap { start in
            (start..<sequence.count).map { sequence[start...$0] }
        }
    }

    @Test func aReplyThatIsATrainingLineIsFoundWhateverSurroundsIt() throws {
        let tokenizer = try EvaluatedModel().tokenizer
        func reply(_ text: String) -> ReplySample {
            ReplySample(
                tokens: tokenizer.encode(text + " <EOM>"), text: Array(text.utf8), isEnded: true)
        }
        let training = "1|mom|How are you? <EOM>\n0|mom|Fine, and you? <EOM>\n"
        let found = Memorisation(
            of: [reply("Fine, and you? "), reply("Fine"), reply(""), reply("zzz")], in: training,
            tokenizer: tokenizer)
        #expect(found.verbatimShare == 0.25)
        #expect(found.longestRun >= tokenizer.encode("Fine, and you?").count)
        #expect(found.meanLongestRun < Double(found.longestRun))
    }
}
