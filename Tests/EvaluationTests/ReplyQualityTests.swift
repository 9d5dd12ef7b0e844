import Chat
import GPT2
import Testing
import Tokenizer

@testable import Evaluation

@Suite struct ReplyQualityTests {
    private func reply(_ tokens: [Int32], isEnded: Bool = true) -> ReplySample {
        ReplySample(tokens: tokens, text: [], isEnded: isEnded)
    }

    @Test func sharesAreCountedOverAllReplies() {
        let quality = ReplyQuality([
            reply([1, 2, 3, 4, 1, 2, 3, 4]), reply([1, 2, 3], isEnded: false),
        ])
        #expect(quality.replyCount == 2)
        #expect(quality.endedShare == 0.5)
        #expect(quality.meanLength == 5.5)
        // 4 of 11 tokens, 4 of 9 pairs and 4 of 7 triples are different.
        let shares: [Double] = [4.0 / 11, 4.0 / 9, 4.0 / 7]
        #expect(quality.distinct == shares)
        // Of the five runs of four, the last is the first again.
        #expect(quality.repeatedShare == 0.2)
    }

    @Test func noRepliesHaveNoShares() {
        let quality = ReplyQuality([])
        #expect(quality.endedShare == 0 && quality.distinct == [0, 0, 0])
        #expect(quality.repeatedShare == 0 && quality.meanLength == 0)
    }

    @Test func repliesAreTheModelsGreedyTokensUpToTheLength() throws {
        let reference = try EvaluatedModel()
        var settings = SamplingSettings()
        settings.temperature = 0
        let prompt = reference.tokenizer.encode("1|mom|How are you? <EOM>\n0|mom|")
        let sample = try ReplySample(
            of: reference.model, tokenizer: reference.tokenizer, to: prompt, settings: settings,
            choice: 0, length: 20, on: reference.pool)
        let generator = try TokenGenerator(
            reference.model, prompt: prompt, sampler: Sampler(settings, prompt: prompt),
            on: reference.pool)
        let expected = try (0..<20).map { _ in try generator.next() }
        #expect(sample.tokens == expected)
        #expect(!sample.isEnded)
        #expect(sample.text == (try reference.tokenizer.decode(sample.tokens)))
    }

    @Test func aReplyEndsAtTheMarkerThatItsTokensSpell() throws {
        let reference = try EvaluatedModel()
        // A bias so high that the model can say nothing but the marker's characters, in turn.
        var settings = SamplingSettings()
        settings.temperature = 0
        settings.presencePenalty = 1e6
        for (place, token) in reference.tokenizer.encode("<EOM>").enumerated() {
            settings.logitBias[token] = 1e5 - Double(place) * 1e4
        }
        let sample = try ReplySample(
            of: reference.model, tokenizer: reference.tokenizer, to: [1], settings: settings,
            choice: 0, length: 50, on: reference.pool)
        #expect(sample.isEnded && sample.text.isEmpty)
        #expect(sample.tokens == reference.tokenizer.encode("<EOM>"))
    }

    @Test func promptsEndWhereThePersonaIsToSpeak() throws {
        let tokenizer = try EvaluatedModel().tokenizer
        let log = Transcript(
            reading: """
                1|mom|a <EOM>
                1|mom|b <EOM>
                0|mom|c <EOM>
                1|dad|d <EOM>
                0|dad|e <EOM>
                1|dad|f <EOM>

                """)
        func texts(_ count: Int) throws -> [String] {
            try ReplyPrompts.prompts(
                of: log, count: count, replyLength: 20, contextLength: 128, tokenizer: tokenizer
            ).map { try tokenizer.decodeText($0) }
        }
        let all = [
            "1|mom|a <EOM>\n1|mom|b <EOM>\n0|mom|", "1|dad|d <EOM>\n0|dad|",
            "1|dad|d <EOM>\n0|dad|e <EOM>\n1|dad|f <EOM>\n0|dad|",
        ]
        #expect(try texts(9) == all)
        #expect(try texts(2) == Array(all[0...1]))
        #expect(try texts(0).isEmpty)
    }
}
