import Compute
import Foundation
import GPT2
import Testing

@testable import Serving

/// How likely a model holds the tokens that it says, and those it is given.
@Suite struct TokenScoreTests {
    private let pool = ThreadPool(threadCount: 1)

    private func scores(
        _ request: GenerationRequest, on version: ModelVersion, prefixCache: Int = 0
    ) throws -> (prompt: [TokenScore], reply: [TokenScore], events: Reply) {
        let engine = Engine(pool: pool, prefixCache: prefixCache)
        let reply = Reply()
        try engine.submit(request, on: version, deliver: reply.deliver)
        _ = reply.wait()
        var prompt: [TokenScore] = []
        var tokens: [TokenScore] = []
        for event in reply.all {
            if case .promptScores(let scores) = event { prompt += scores }
            if case .scores(let scores) = event { tokens += scores }
        }
        return (prompt, tokens, reply)
    }

    /// The reference is the loss that training and evaluation count, of tokens run all at once; here
    /// they come in pieces of 64, and in passes of one token.
    @Test func scoresOfAPromptAndItsReplyAreTheLosses() throws {
        let version = try PrefixSharingTests.versions.get()[0]
        let prompt = (0..<100).map { Int32($0 * 7 % 256) }
        var request = GenerationRequest(prompt: prompt, maximumTokens: 8)
        request.sampling.temperature = 0.7
        request.sampling.topK = 3
        request.sampling.penalize = 0.5
        request.sampling.logitBias = [5: 3]
        request.scoredAlternatives = 4
        request.scoresPrompt = true
        let (before, after, events) = try scores(request, on: version)
        #expect(events.summary?.completionTokens == 8)
        let all = before + after
        #expect(before.count == 99 && after.count == 8)
        let tokens = prompt + after.map(\.chosen.token)
        #expect(all.map(\.chosen.token) == Array(tokens.dropFirst()))
        let losses = try version.model.losses(
            of: tokens.dropFirst(), after: tokens.dropLast(),
            cache: KVCache(version.model.hyperparameters),
            workspace: Workspace(version.model.hyperparameters), on: pool)
        for (score, loss) in zip(all, losses) {
            #expect(abs(Double(score.chosen.logProbability) + loss) < 2e-4)
            #expect(score.alternatives.count == 4)
            let ranked = score.alternatives.map(\.logProbability)
            #expect(ranked == ranked.sorted(by: >) && score.chosen.logProbability <= ranked[0])
        }
    }

    @Test func aPromptMayBeScoredWithoutAReply() throws {
        let version = try EngineTests.versions.get()[0]
        var request = GenerationRequest(prompt: Array(0..<70), maximumTokens: 0)
        request.scoredAlternatives = 0
        request.scoresPrompt = true
        for _ in 0..<2 {
            // What was kept of an earlier run has no scores, and is not used.
            let (prompt, reply, events) = try scores(request, on: version, prefixCache: 1 << 20)
            #expect(prompt.count == 69 && reply.isEmpty && events.text.isEmpty)
            #expect(events.summary?.reason == .length)
            #expect(events.summary?.completionTokens == 0)
        }
    }

    @Test func whatAStopTakesAwayIsNotScored() throws {
        let version = try EngineTests.versions.get()[0]
        var request = try TinyModels.script("abcdefgh", maximumTokens: 8)
        request.scoredAlternatives = 0
        request.stops = ["ef"]
        let (_, reply, events) = try scores(request, on: version)
        #expect(events.text == "abcd")
        #expect(try reply.map(\.chosen.token) == TinyModels.tokens("abcd"))
        request.stops = ["gx"]
        // What may become a stop string is told of when it has not.
        #expect(
            try scores(request, on: version).reply.map(\.chosen.token)
                == TinyModels.tokens("abcdefgh"))
    }

    @Test func choicesOfOnePromptDiffer() throws {
        let version = try EngineTests.versions.get()[0]
        let texts = try (0..<4).map { choice in
            var request = GenerationRequest(prompt: [7], maximumTokens: 12)
            request.sampling.seed = 5
            request.choice = choice
            return try scores(request, on: version).events.texts
        }
        #expect(Set(texts).count == 4)
    }
}
