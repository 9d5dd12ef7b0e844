import Compute
import Crypto
import GPT2
import TestSupport
import Testing

@testable import Serving

/// A request's reply depends on the request alone: not on who is answered beside it, on its slot, on the
/// number of threads, nor on what was computed before.
@Suite struct ReplyLawTests {
    /// Odd in every way: 5 heads of 16, a window that is no multiple of a block of keys.
    static let odd = Result {
        try Hyperparameters(
            vocabularySize: 257, contextLength: 200, embeddingWidth: 80, headCount: 5,
            layerCount: 2)
    }

    /// One layer of the smallest GPT-2.
    static let wide = Result {
        try Hyperparameters(
            vocabularySize: 257, contextLength: 200, embeddingWidth: 768, headCount: 12,
            layerCount: 1)
    }

    #if DEBUG
        static let isOptimized = false
    #else
        static let isOptimized = true
    #endif

    @Test(arguments: WeightFormat.allCases, CacheFormat.allCases)
    func repliesAreTheSameInAnyCompanyColdAndWarm(
        weights: WeightFormat, cache: CacheFormat
    ) throws {
        let version = try TinyModels.untrained(
            Self.odd.get(), form: ModelForm(weights: weights, cache: cache))
        try check(version, rounds: Self.isOptimized ? 6 : 2, seed: 1)
    }

    // Without optimization it takes minutes, and says nothing that the odd one does not.
    #if !DEBUG
        @Test(arguments: WeightFormat.allCases)
        func soTheyAreAtTheSizeOfTheSmallestGPT2(weights: WeightFormat) throws {
            let version = try TinyModels.untrained(
                Self.wide.get(), form: ModelForm(weights: weights, cache: .bf16))
            try check(version, rounds: 2, seed: 2)
        }
    #endif

    /// Sixteen requests of two callers, whose prompts share beginnings of all lengths.
    func requests(_ random: inout SeededGenerator) throws -> [GenerationRequest] {
        let system = (0..<130).map { _ in Int32.random(in: 0..<256, using: &random) }
        let tenants = [nil, try SHA256Digest(hashing: "kitchen")]
        return (0..<16).map { index in
            let own = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                Int32.random(in: 0..<256, using: &random)
            }
            // Also ends in the middle of a block of 64 keys, and at one.
            let shared = [0, 16, 63, 64, 65, 100, 130].randomElement(using: &random) ?? 0
            // The likeliest token of a model that knows nothing soon repeats itself, and is guessed.
            let isGreedy = index % 4 == 0
            var request = GenerationRequest(
                prompt: system.prefix(shared) + own,
                maximumTokens: isGreedy ? 40 : Int.random(in: 1...12, using: &random))
            request.sampling.seed = UInt64(index)
            request.sampling.temperature = isGreedy ? 0 : 1
            request.tenant = tenants[index % 2]
            return request
        }
    }

    func check(_ version: ModelVersion, rounds: Int, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let requests = try requests(&random)
        let plain = Engine(pool: ThreadPool(threadCount: 1))
        let alone = try requests.map { request in
            let reply = Reply()
            try plain.submit(request, on: version, deliver: reply.deliver)
            try #require(reply.wait() != nil)
            return reply
        }
        plain.stop()
        // Alone there is room for guesses; in company there is none.
        let guessed = alone.reduce(0) { $0 + ($1.summary?.guessedTokens ?? 0) }
        #expect(guessed > 20, "nothing was guessed")

        var reused = 0
        for threads in [1, 2] {
            var limits = Scheduler.Limits()
            limits.promptTokens = threads == 1 ? 50 : 256
            let engine = Engine(
                pool: ThreadPool(threadCount: threads), limits: limits, prefixCache: 64 << 20)
            defer { engine.stop() }
            for _ in 0..<rounds {
                // All at once in the first round of an engine, which knows nothing yet; then in any
                // order, some after others have ended.
                let order = requests.indices.shuffled(using: &random)
                let pause = Int.random(in: 0..<16, using: &random)
                var replies: [Int: Reply] = [:]
                for (place, index) in order.enumerated() {
                    let reply = Reply()
                    try engine.submit(requests[index], on: version, deliver: reply.deliver)
                    replies[index] = reply
                    if place == pause { try #require(reply.wait() != nil) }
                }
                for (index, reply) in replies {
                    if order[pause] != index { try #require(reply.wait() != nil) }
                    #expect(reply.text == alone[index].text, "request \(index)")
                    let (summary, wanted) = (reply.summary, alone[index].summary)
                    #expect(summary?.completionTokens == wanted?.completionTokens)
                    #expect(summary?.reason == wanted?.reason && wanted?.cachedPromptTokens == 0)
                    reused += summary?.cachedPromptTokens ?? 0
                }
            }
        }
        #expect(reused > 1000, "the cache was never warm")
    }
}
