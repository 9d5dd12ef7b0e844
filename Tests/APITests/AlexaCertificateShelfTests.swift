import Crypto
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import API

/// What is fetched, how often, and how much of it is kept.
struct AlexaCertificateShelfTests {
    private let world: AlexaWorld

    init() throws { world = try AlexaWorld() }

    private func address(_ name: String) throws -> AlexaCertificateAddress {
        try #require(AlexaCertificateAddress("https://s3.amazonaws.com/echo.api/\(name)"))
    }

    /// - Returns: whether the certificates were good.
    private func look(
        _ shelf: AlexaCertificateShelf, at name: String = "echo-api-cert.pem"
    ) async throws -> Bool {
        let address = try address(name)
        return await withCheckedContinuation { continuation in
            shelf.chain(at: address) { outcome in
                if case .success = outcome { return continuation.resume(returning: true) }
                continuation.resume(returning: false)
            }
        }
    }

    @Test func aChainIsFetchedOnceADay() async throws {
        let shelf = AlexaCertificateShelf(world.surroundings)
        for _ in 0..<5 { #expect(try await look(shelf)) }
        world.wait(seconds: AlexaCertificateShelf.chainSeconds)
        #expect(try await look(shelf))
        #expect(world.fetched.count == 1)
        world.wait(seconds: 1)
        #expect(try await look(shelf))
        #expect(world.fetched.count == 2)
    }

    @Test func aChainIsNotKeptBeyondItsValidity() async throws {
        let shelf = AlexaCertificateShelf(world.surroundings)
        world.put(try AlexaWorld.pem("expired", "intermediate"))
        // Back to the last minute of 2020, and on.
        world.wait(seconds: 1_609_459_140 - AlexaWorld.start.timeIntervalSince1970)
        #expect(try await look(shelf))
        world.wait(seconds: 59)
        #expect(try await look(shelf))
        #expect(world.fetched.count == 1)
        world.wait(seconds: 2)
        #expect(try await !look(shelf))
        #expect(world.fetched.count == 2)
    }

    @Test func aFailureIsForgottenSoon() async throws {
        let shelf = AlexaCertificateShelf(world.surroundings)
        world.put(nil)
        for _ in 0..<5 { #expect(try await !look(shelf)) }
        #expect(world.fetched.count == 1)
        world.put(try AlexaWorld.pem("good", "intermediate"))
        #expect(try await !look(shelf))
        world.wait(seconds: AlexaCertificateShelf.failureSeconds + 1)
        #expect(try await look(shelf))
        #expect(world.fetched.count == 2)
    }

    @Test func failuresNeverPutOutAChain() async throws {
        let shelf = AlexaCertificateShelf(world.surroundings)
        #expect(try await look(shelf))
        for number in 0..<100 {
            // Which is the oldest, the clock must tell.
            world.wait(seconds: 0.01)
            #expect(try await !look(shelf, at: "none-\(number)"))
        }
        #expect(try await look(shelf))
        #expect(world.fetched.filter { $0 == AlexaWorld.place }.count == 1)
        // Of failures the latest are known, and of chains.
        #expect(try await !look(shelf, at: "none-99"))
        #expect(world.fetched.count == 101)
        #expect(try await !look(shelf, at: "none-0"))
        #expect(world.fetched.count == 102)
        let good = try AlexaWorld.pem("good", "intermediate")
        for number in 0..<AlexaCertificateShelf.mostChains {
            world.put(good, at: "https://s3.amazonaws.com/echo.api/good-\(number)")
            world.wait(seconds: 1)
            #expect(try await look(shelf, at: "good-\(number)"))
        }
        #expect(try await look(shelf, at: "good-7"))
        #expect(world.fetched.count == 110)
        #expect(try await look(shelf))
        #expect(world.fetched.count == 111)
    }

    @Test func aCertificateIsFetchedByOneAtATimeAndNobodyElseWaits() async throws {
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        var surroundings = world.surroundings
        let fetch = surroundings.fetch
        let counted = CountedFetches()
        surroundings.fetch = { address, byteCount in
            counted.count.withLock { $0 += 1 }
            begun.signal()
            gate.wait()
            return try fetch(address, byteCount)
        }
        let shelf = AlexaCertificateShelf(surroundings)
        let (good, most) = (try address("echo-api-cert.pem"), AlexaCertificateShelf.mostFetches)
        let outcomes = Outcomes()
        // All return at once, though nothing has come yet.
        for _ in 0..<AlexaCertificateShelf.mostWaiting {
            shelf.chain(at: good) { outcomes.add($0) }
        }
        #expect(outcomes.all.isEmpty)
        shelf.chain(at: good) { outcomes.add($0) }
        #expect(outcomes.all == [false], "more wait than may")
        for number in 1..<most { shelf.chain(at: try address("\(number)")) { outcomes.add($0) } }
        #expect(outcomes.all == [false])
        shelf.chain(at: try address("one-more")) { outcomes.add($0) }
        #expect(outcomes.all == [false, false], "more are fetched than may")
        for _ in 0..<most { begun.wait() }
        #expect(counted.count.withLock { $0 } == most)
        for _ in 0..<most { gate.signal() }
        let all = AlexaCertificateShelf.mostWaiting + most - 1 + 2
        while outcomes.all.count < all { try await Task.sleep(for: .milliseconds(5)) }
        #expect(outcomes.all.filter { $0 }.count == AlexaCertificateShelf.mostWaiting)
    }

    private final class CountedFetches: Sendable { let count = Mutex(0) }

    private final class Outcomes: Sendable {
        private let outcomes = Mutex<[Bool]>([])

        func add(_ outcome: AlexaCertificateShelf.Outcome) {
            let isGood = if case .success = outcome { true } else { false }
            outcomes.withLock { $0.append(isGood) }
        }

        var all: [Bool] { outcomes.withLock { $0 } }
    }

    @Test func otherRequestsAreAnsweredWhileOneIsFetched() async throws {
        let gate = DispatchSemaphore(value: 0)
        var surroundings = world.surroundings
        let fetch = surroundings.fetch
        surroundings.fetch = { address, byteCount in
            gate.wait()
            return try fetch(address, byteCount)
        }
        let server = try LiveServer(
            models: LiveServer.model("red"),
            top: #""alexa": {"skill_id": "\#(AlexaWorld.skill)"},"#, alexa: surroundings)
        async let waiting = world.send(AlexaWorld.Request(), to: server)
        // On the queue where requests are read, which the fetch must not hold.
        for _ in 0..<3 {
            let other = try await server.post(
                "/invocations", #"{"model_key":"red","raw_text":"x","length":1}"#)
            #expect(other.status == 200)
        }
        gate.signal()
        #expect(try await waiting.status == 200)
    }
}
