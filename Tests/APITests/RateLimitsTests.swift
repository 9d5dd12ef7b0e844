import Crypto
import Testing

@testable import API
@testable import Configuration

struct RateLimitsTests {
    let start = ContinuousClock.now

    func key(rps: Double? = nil, tpm: Int? = nil, id: String = "key") throws -> APIKey {
        APIKey(
            id: id, hash: try SHA256Digest(hashing: id), scopes: [.infer], models: nil,
            requestsPerSecond: rps, tokensPerMinute: tpm)
    }

    @Test func aSecondsWorthComesAtOnceAndTheRestOneByOne() throws {
        var limits = RateLimits(perAddress: nil)
        let key = try key(rps: 4)
        for _ in 0..<4 { #expect(limits.admit(key, at: start) == nil) }
        #expect(limits.admit(key, at: start) == .milliseconds(250))
        #expect(limits.admit(key, at: start + .milliseconds(100)) == .milliseconds(150))
        #expect(limits.admit(key, at: start + .milliseconds(250)) == nil)
        #expect(limits.admit(key, at: start + .milliseconds(251)) != nil)
        // Who has waited long has saved up a second's worth and no more.
        for _ in 0..<4 { #expect(limits.admit(key, at: start + .seconds(100)) == nil) }
        #expect(limits.admit(key, at: start + .seconds(100)) != nil)
    }

    @Test func lessThanOneASecondStillLetsTheFirstIn() throws {
        var limits = RateLimits(perAddress: nil)
        let key = try key(rps: 0.1)
        #expect(limits.admit(key, at: start) == nil)
        #expect(limits.admit(key, at: start) == .seconds(10))
    }

    @Test func tokensAreCountedWhenTheyAreKnownAndWaitedForByTheNext() throws {
        var limits = RateLimits(perAddress: nil)
        let key = try key(tpm: 600)
        #expect(limits.admit(key, at: start) == nil)
        limits.charge(key, tokens: 700, at: start)
        // 101 tokens at 10 a second.
        let wait = limits.admit(key, at: start) ?? .zero
        #expect(abs(wait / .seconds(1) - 10.1) < 1e-6)
        #expect(limits.admit(key, at: start + .milliseconds(10_200)) == nil)
    }

    @Test func keysAndAddressesWaitForThemselvesOnly() throws {
        var limits = RateLimits(perAddress: 1)
        #expect(limits.admit(address: "10.0.0.1", at: start) == nil)
        #expect(limits.admit(address: "10.0.0.1", at: start) == .seconds(1))
        #expect(limits.admit(address: "10.0.0.2", at: start) == nil)
        let (one, two) = (try key(rps: 1, id: "one"), try key(rps: 1, id: "two"))
        #expect(limits.admit(one, at: start) == nil)
        #expect(limits.admit(two, at: start) == nil)
        #expect(limits.admit(one, at: start) != nil)
        #expect(limits.admit(try key(id: "free"), at: start) == nil)
        var open = RateLimits(perAddress: nil)
        for _ in 0..<100 { #expect(open.admit(address: "10.0.0.1", at: start) == nil) }
    }

    @Test func aNewConfigurationKeepsTheCountOfKeysThatStay() throws {
        var limits = RateLimits(perAddress: nil)
        let (stays, changes) = (try key(rps: 1, id: "stays"), try key(rps: 1, id: "changes"))
        for key in [stays, changes] { #expect(limits.admit(key, at: start) == nil) }
        let changed = try key(rps: 2, id: "changes")
        limits.keep([stays, changed])
        #expect(limits.admit(stays, at: start) != nil)
        #expect(limits.admit(changed, at: start) == nil)
        #expect(limits.admit(changed, at: start) == nil)
    }

    @Test func manyAddressesAreForgottenAndMemoryStaysBounded() throws {
        var limits = RateLimits(perAddress: 1)
        for number in 0..<25_000 {
            #expect(limits.admit(address: "a\(number)", at: start) == nil)
        }
        #expect(limits.addressCount <= 10_000)
        #expect(limits.admit(address: "a24999", at: start) != nil)
    }
}
