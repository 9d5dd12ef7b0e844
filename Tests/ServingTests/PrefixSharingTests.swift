import Compute
import Crypto
import Foundation
import GPT2
import Testing

@testable import Serving

/// Which prompts an engine spares itself.
@Suite struct PrefixSharingTests {
    static let versions = Result {
        let size = try Hyperparameters(
            vocabularySize: 257, contextLength: 512, embeddingWidth: 16, headCount: 2,
            layerCount: 1)
        return try (0..<2).map { _ in
            try TinyModels.untrained(size, form: ModelForm(weights: .f32, cache: .bf16))
        }
    }

    func engine(prefixCache: Int = 64 << 20) -> Engine {
        Engine(pool: ThreadPool(threadCount: 1), prefixCache: prefixCache)
    }

    func request(_ prompt: [Int32], _ tenant: String? = nil, length: Int = 4) throws
        -> GenerationRequest
    {
        var request = GenerationRequest(prompt: prompt, maximumTokens: length)
        request.sampling.temperature = 0
        request.tenant = try tenant.map { try SHA256Digest(hashing: $0) }
        return request
    }

    func prompt(_ count: Int, of seed: Int = 1) -> [Int32] {
        (0..<count).map { Int32(($0 * 7 + $0 / 3 + seed * 31) % 256) }
    }

    /// Submits requests while the engine stands still, so that they start in one turn.
    func together(
        _ requests: [GenerationRequest], on version: ModelVersion, _ engine: Engine
    ) throws -> [Reply] {
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        try engine.submit(request([1], length: 1), on: version) { event in
            guard case .began = event else { return }
            begun.signal()
            gate.wait()
        }
        begun.wait()
        let replies = try requests.map { request in
            let reply = Reply()
            try engine.submit(request, on: version, deliver: reply.deliver)
            return reply
        }
        gate.signal()
        for reply in replies { try #require(reply.wait() != nil) }
        return replies
    }

    func reused(_ request: GenerationRequest, on version: ModelVersion, _ engine: Engine) throws
        -> Int?
    {
        let reply = Reply()
        try engine.submit(request, on: version, deliver: reply.deliver)
        _ = reply.wait()
        return reply.summary?.cachedPromptTokens
    }

    @Test func theNextTurnOfAConversationGoesOnFromTheLast() throws {
        let version = try Self.versions.get()[0]
        let engine = engine()
        defer { engine.stop() }
        let first = prompt(70)
        var opening = try TinyModels.script("Yes!", maximumTokens: 4)
        opening.prompt = first
        #expect(try reused(opening, on: version, engine) == 0)
        let answer = try TinyModels.tokens("Yes!")
        // The last token that was drawn has never been run.
        #expect(try reused(request(first + answer + [3, 4]), on: version, engine) == 73)
        #expect(try reused(request(first + answer + [3, 4]), on: version, engine) == 75)
        #expect(try reused(request(Array(first.prefix(40))), on: version, engine) == 39)
        #expect(try reused(request(first.prefix(64) + [9]), on: version, engine) == 64)
        #expect(try reused(request(prompt(70, of: 2)), on: version, engine) == 0)
    }

    @Test func aFewTokensAreRunAnew() throws {
        let version = try Self.versions.get()[0]
        let engine = engine()
        defer { engine.stop() }
        #expect(try reused(request(prompt(60)), on: version, engine) == 0)
        let few = prompt(PrefixSharing.worthwhile - 1)
        #expect(try reused(request(few + prompt(30, of: 2)), on: version, engine) == 0)
        let enough = prompt(PrefixSharing.worthwhile)
        #expect(try reused(request(enough + prompt(30, of: 3)), on: version, engine) == 16)
    }

    @Test func nothingIsSharedBetweenCallersNorBetweenVersions() throws {
        let versions = try Self.versions.get()
        let engine = engine()
        defer { engine.stop() }
        let shared = prompt(50)
        #expect(try reused(request(shared, "kitchen"), on: versions[0], engine) == 0)
        #expect(try reused(request(shared, "hall"), on: versions[0], engine) == 0)
        #expect(try reused(request(shared), on: versions[0], engine) == 0)
        #expect(try reused(request(shared, "kitchen"), on: versions[1], engine) == 0)
        #expect(try reused(request(shared, "kitchen"), on: versions[0], engine) == 49)

        let fresh = prompt(300, of: 5)
        let replies = try together(
            [request(fresh, "kitchen"), request(fresh, "hall"), request(fresh)], on: versions[0],
            engine)
        #expect(replies.map(\.summary?.cachedPromptTokens) == [0, 0, 0])
    }

    @Test func ofPromptsThatStartTogetherTheFirstRunsWhatTheyHaveInCommon() throws {
        let version = try Self.versions.get()[0]
        let engine = engine()
        defer { engine.stop() }
        let system = prompt(400)
        let replies = try together(
            [
                request(system + [1, 2]), request(system + [1, 2]), request(system + [5]),
                request(system.prefix(100) + prompt(50, of: 8)), request(prompt(20, of: 9)),
            ], on: version, engine)
        // The third may have run a chunk of it itself only if it had not waited.
        #expect(replies.map(\.summary?.cachedPromptTokens) == [0, 401, 400, 100, 0])
    }

    @Test func aCancelledLeaderLeavesWhatItHasRun() throws {
        let version = try Self.versions.get()[0]
        let engine = engine()
        defer { engine.stop() }
        let system = prompt(400)
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        let leader = Reply()
        let ticket = try engine.submit(request(system, length: 50), on: version) { event in
            leader.deliver(event)
            guard case .began = event else { return }
            begun.signal()
            gate.wait()
        }
        begun.wait()
        ticket.cancel()
        let follower = Reply()
        try engine.submit(request(system), on: version, deliver: follower.deliver)
        gate.signal()
        #expect(leader.wait() == .failed(.cancelled))
        _ = follower.wait()
        #expect(follower.summary?.cachedPromptTokens == 399)
    }

    @Test func withoutACacheEveryPromptIsRun() throws {
        let version = try Self.versions.get()[0]
        let engine = engine(prefixCache: 0)
        defer { engine.stop() }
        for _ in 0..<2 { #expect(try reused(request(prompt(50)), on: version, engine) == 0) }
        let replies = try together(
            [request(prompt(300)), request(prompt(300))], on: version, engine)
        #expect(replies.map(\.summary?.cachedPromptTokens) == [0, 0])
        #expect(engine.prefixCacheBytes == 0)
    }

    @Test func whatIsKeptStaysBelowItsLimit() throws {
        let version = try Self.versions.get()[0]
        // Room for two: each takes a page of 2 MiB.
        let engine = engine(prefixCache: 4 << 20)
        defer { engine.stop() }
        for seed in 1...3 {
            #expect(try reused(request(prompt(50, of: seed)), on: version, engine) == 0)
        }
        #expect(try reused(request(prompt(50, of: 2)), on: version, engine) == 49)
        #expect(try reused(request(prompt(50, of: 3)), on: version, engine) == 49)
        #expect(engine.prefixCacheBytes == 4 << 20)
        #expect(try reused(request(prompt(50, of: 1)), on: version, engine) == 0)
    }

    /// Room for 940 tokens takes two pages of 2 MiB, and what a short reply leaves takes one.
    @Test func aShortReplyLeavesNoMoreThanItHas() throws {
        let size = try Hyperparameters(
            vocabularySize: 257, contextLength: 1024, embeddingWidth: 512, headCount: 8,
            layerCount: 1)
        let version = try TinyModels.untrained(
            size, form: ModelForm(weights: .f32, cache: .f32))
        let engine = engine()
        defer { engine.stop() }
        var long = try TinyModels.script("Yes!", maximumTokens: 900)
        long.prompt = prompt(40)
        long.stopsAtEndOfText = true
        #expect(try reused(long, on: version, engine) == 0)
        #expect(try reused(long, on: version, engine) == 39)
        #expect(engine.prefixCacheBytes == 2 << 20)
    }

    @Test func aCacheThatIsKeptIsNoLongerTheSequences() throws {
        let version = try Self.versions.get()[0]
        let pool = ThreadPool(threadCount: 1)
        let workspace = try Workspace(version.model.hyperparameters)
        var sharing = PrefixSharing(byteLimit: 64 << 20)
        let sequences = try (1...2).map { (id: UInt64) in
            ActiveSequence(
                id: id, version: version, request: try request(prompt(30), length: 4),
                deliver: { _ in })
        }
        _ = try version.model.forward(
            [sequences[0].nextPiece(30)], workspace: workspace, on: pool)
        sharing.keep(sequences[0], on: pool)
        #expect(sequences[0].cache == nil && sequences[0].position == 0)
        try sequences[1].reserveCache()
        #expect(sharing.share(among: [sequences[1]], on: pool).isEmpty)
        #expect(sequences[1].position == 29)
    }

    @Test func aVersionThatIsGoneLeavesNoMemoryBehind() throws {
        let engine = engine()
        defer { engine.stop() }
        do {
            let version = try TinyModels.version("deep")
            #expect(try reused(request(prompt(50)), on: version, engine) == 0)
            #expect(try reused(request(prompt(50)), on: version, engine) == 49)
            #expect(engine.prefixCacheBytes > 0)
        }
        // Nothing more is asked of the engine.
        let limit = DispatchTime.now() + .seconds(300)
        while engine.prefixCacheBytes > 0, DispatchTime.now() < limit { usleep(1000) }
        #expect(engine.prefixCacheBytes == 0)
    }
}
