import Compute
import Foundation
import GPT2
import Synchronization
import TestSupport
import Testing

@testable import Serving

@Suite struct EngineTests {
    static let versions = Result { try ["wide", "deep"].map(TinyModels.version) }

    func engine(running: Int = 16, waiting: Int = 64, threads: Int = 1) -> Engine {
        var limits = Scheduler.Limits()
        limits.running = running
        limits.waiting = waiting
        return Engine(pool: ThreadPool(threadCount: threads), limits: limits)
    }

    /// An engine that stands in the middle of its first request until `open`.
    struct Held {
        let engine: Engine
        let first: Engine.Ticket
        let reply = Reply()
        private let gate = DispatchSemaphore(value: 0)

        init(
            _ engine: Engine, _ version: ModelVersion, saying text: String = "abcdefgh",
            deadline: ContinuousClock.Instant? = nil
        ) throws {
            self.engine = engine
            let (reply, gate) = (reply, gate)
            let begun = DispatchSemaphore(value: 0)
            var request = try TinyModels.script(text, maximumTokens: text.utf8.count)
            request.deadline = deadline
            first = try engine.submit(request, on: version) { event in
                reply.deliver(event)
                switch event {
                case .text where reply.texts.count == 1:
                    begun.signal()
                    gate.wait()
                // With a deadline it may not come so far.
                case .failed, .finished: begun.signal()
                default: break
                }
            }
            begun.wait()
        }

        func open() { gate.signal() }
    }

    // MARK: - Law 2

    /// Greedy replies depend on nothing but the request.
    @Test(arguments: [1, 2]) func greedyRepliesAreTheSameAloneAndAmongStrangers(
        threads: Int
    ) throws {
        let versions = try Self.versions.get()
        let prompts: [[Int32]] = [[7], [1, 2, 3, 4, 5], (0..<40).map { $0 * 5 }]
        func request(_ prompt: [Int32]) -> GenerationRequest {
            var request = GenerationRequest(prompt: prompt, maximumTokens: 40)
            request.sampling.temperature = 0
            return request
        }
        let engine = engine(running: 6, threads: threads)
        defer { engine.stop() }
        for version in versions {
            for prompt in prompts {
                let alone = Reply()
                try engine.submit(request(prompt), on: version, deliver: alone.deliver)
                try #require(alone.wait() != nil)
                #expect(alone.text.utf8.count > 10)

                // Strangers come whenever the subject has said something more.
                let subject = Reply()
                let strangers = Mutex<[Reply]>([])
                let come: @Sendable (Int) throws -> Void = { number in
                    let stranger = Reply()
                    var request = GenerationRequest(
                        prompt: (0...number).map { Int32(number * 13 + $0) % 256 },
                        maximumTokens: 5 + number)
                    request.sampling.seed = UInt64(number)
                    try engine.submit(
                        request, on: versions[number % 2], deliver: stranger.deliver)
                    strangers.withLock { $0.append(stranger) }
                }
                for number in 0..<8 { try come(number) }
                try engine.submit(request(prompt), on: version) { event in
                    let count = strangers.withLock { $0.count }
                    if case .text = event, count < 16 {
                        do { try come(count) } catch { Issue.record(error) }
                    }
                    subject.deliver(event)
                }
                try #require(subject.wait() != nil)
                #expect(subject.text == alone.text)
                #expect(subject.summary?.reason == alone.summary?.reason)
                #expect(subject.summary?.completionTokens == alone.summary?.completionTokens)
                for stranger in strangers.withLock({ $0 }) {
                    guard case .finished = stranger.wait() else {
                        Issue.record("a stranger's reply did not finish")
                        return
                    }
                    #expect(stranger.isInOrder)
                }
            }
        }
        #expect(engine.load == 0)
    }

    @Test func drawnRepliesDependOnTheirSeedAndNotOnTheEngine() throws {
        let version = try Self.versions.get()[1]
        func reply(seed: UInt64, threads: Int) throws -> String {
            let engine = engine(threads: threads)
            defer { engine.stop() }
            var request = GenerationRequest(prompt: [5, 6], maximumTokens: 30)
            request.sampling.seed = seed
            let reply = Reply()
            try engine.submit(request, on: version, deliver: reply.deliver)
            _ = reply.wait()
            return reply.text
        }
        let once = try reply(seed: 3, threads: 1)
        #expect(try reply(seed: 3, threads: 1) == once)
        #expect(try reply(seed: 4, threads: 1) != once)
    }

    // MARK: - The queue

    @Test func aFullQueueTakesNoMore() throws {
        let version = try Self.versions.get()[1]
        let engine = engine(running: 1, waiting: 1)
        defer { engine.stop() }
        let held = try Held(engine, version)
        let second = Reply()
        let request = try TinyModels.script("xy", maximumTokens: 2)
        try engine.submit(request, on: version, deliver: second.deliver)
        let third = Reply()
        #expect(throws: ServingError.queueFull(waiting: 1, seconds: 1)) {
            try engine.submit(request, on: version, deliver: third.deliver)
        }
        #expect(engine.load == 2)
        held.open()
        #expect(held.reply.wait() != nil && held.reply.text == "abcdefgh")
        #expect(second.wait() != nil && second.text == "xy")
        #expect(third.all.isEmpty)
    }

    @Test func cancellingFreesTheSlot() throws {
        let version = try Self.versions.get()[1]
        let engine = engine(running: 1)
        defer { engine.stop() }
        let held = try Held(engine, version)
        let (second, third) = (Reply(), Reply())
        let request = try TinyModels.script("xy", maximumTokens: 2)
        let waiting = try engine.submit(request, on: version, deliver: second.deliver)
        try engine.submit(request, on: version, deliver: third.deliver)
        held.first.cancel()
        waiting.cancel()
        waiting.cancel()
        held.open()
        #expect(held.reply.wait() == .failed(.cancelled))
        #expect(held.reply.all == [.text("a"), .failed(.cancelled)])
        #expect(second.wait() == .failed(.cancelled) && second.isInOrder)
        #expect(third.wait() != nil && third.text == "xy")
        // What is over can be cancelled, to no effect.
        held.first.cancel()
        let fourth = Reply()
        try engine.submit(request, on: version, deliver: fourth.deliver)
        #expect(fourth.wait() != nil && fourth.text == "xy")
        #expect(held.reply.isInOrder && third.isInOrder)
    }

    @Test func whoIsPausedGoesOnWhereItStood() throws {
        let version = try Self.versions.get()[0]
        let engine = engine(running: 2)
        defer { engine.stop() }
        let held = try Held(engine, version)
        held.first.pause()
        held.open()
        let other = Reply()
        try engine.submit(
            TinyModels.script("abcdefgh", maximumTokens: 8), on: version, deliver: other.deliver)
        try #require(other.wait() != nil)
        #expect(other.text == "abcdefgh")
        #expect(held.reply.summary == nil)
        held.first.resume()
        try #require(held.reply.wait() != nil)
        #expect(held.reply.text == "abcdefgh")
    }

    @Test func whoIsPausedCanBeCancelledAndItsDeadlineHolds() throws {
        let version = try Self.versions.get()[0]
        let engine = engine()
        defer { engine.stop() }
        let held = try Held(engine, version)
        held.first.pause()
        held.open()
        held.first.cancel()
        #expect(held.reply.wait() == .failed(.cancelled))
        // With a deadline, a sentence is told when the next begins.
        let sentences = "Ab. Cd. Ef. Gh. Ij."
        let late = try Held(engine, version, saying: sentences, deadline: .now + .seconds(3))
        late.first.pause()
        late.open()
        try #require(late.reply.wait() != nil)
        #expect(late.reply.isInOrder && late.reply.text != sentences)
    }

    @Test func aDeadlineCanPassInTheQueue() throws {
        let version = try Self.versions.get()[1]
        let engine = engine(running: 1)
        defer { engine.stop() }
        let held = try Held(engine, version)
        let late = Reply()
        var request = try TinyModels.script("xy", maximumTokens: 2)
        request.deadline = .now
        try engine.submit(request, on: version, deliver: late.deliver)
        held.open()
        #expect(late.wait() == .failed(.deadlineWhileQueued))
        #expect(late.isInOrder)
        #expect(held.reply.wait() != nil && held.reply.text == "abcdefgh")
    }

    // MARK: - The end

    @Test func stoppingCancelsAllAndEndsTheThread() throws {
        let version = try Self.versions.get()[1]
        weak var ended: Engine?
        let (waiting, refused) = (Reply(), Reply())
        do {
            let engine = engine(running: 1)
            ended = engine
            let held = try Held(engine, version)
            let request = try TinyModels.script("xy", maximumTokens: 2)
            try engine.submit(request, on: version, deliver: waiting.deliver)
            engine.stop()
            #expect(throws: ServingError.stopping) {
                try engine.submit(request, on: version, deliver: refused.deliver)
            }
            held.open()
            #expect(held.reply.wait() == .failed(.cancelled) && held.reply.text == "a")
            #expect(waiting.wait() == .failed(.cancelled))
            engine.stop()
        }
        #expect(refused.all.isEmpty)
        // The thread holds its engine; it lets go within moments of its end.
        let limit = DispatchTime.now() + .seconds(300)
        while ended != nil, DispatchTime.now() < limit { usleep(1000) }
        #expect(ended == nil)
    }

    @Test func anEngineWithNothingToDoLetsGoOfItsModels() throws {
        let engine = engine()
        defer { engine.stop() }
        weak var model: ModelVersion?
        do {
            let version = try TinyModels.version("deep")
            model = version
            let reply = Reply()
            try engine.submit(
                TinyModels.script("xy", maximumTokens: 2), on: version, deliver: reply.deliver)
            #expect(reply.wait() != nil)
        }
        let limit = DispatchTime.now() + .seconds(300)
        while model != nil, DispatchTime.now() < limit { usleep(1000) }
        #expect(model == nil)
    }
}
