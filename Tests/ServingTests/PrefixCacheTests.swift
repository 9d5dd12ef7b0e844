import Crypto
import TestSupport
import Testing

@testable import Serving

/// What is kept, what goes and what matches; of memory there are names only.
@Suite struct PrefixCacheTests {
    typealias Cache = PrefixCache<String>

    let scope = Cache.Scope(version: 1, tenant: nil)

    func cache(_ byteLimit: Int = 100) -> Cache { Cache(byteLimit: byteLimit, slack: 2) }

    @Test func theLongestCommonBeginningIsFound() {
        var cache = cache()
        cache.insert([1, 2, 3, 4], byteCount: 1, in: scope) { "a" }
        cache.insert([1, 2, 7, 8, 9], byteCount: 1, in: scope) { "b" }
        cache.insert([5, 6], byteCount: 1, in: scope) { "c" }
        let match = cache.longestMatch([1, 2, 7, 8, 5, 6], in: scope, atLeast: 1)
        #expect(match?.length == 4 && match?.memory == "b")
        #expect(cache.longestMatch([1, 2, 3], in: scope, atLeast: 1)?.length == 3)
        #expect(cache.longestMatch([1, 2, 3, 9], in: scope, atLeast: 4) == nil)
        #expect(cache.longestMatch([6], in: scope, atLeast: 1) == nil)
        #expect(cache.longestMatch([], in: scope, atLeast: 1) == nil)
    }

    @Test func nothingIsFoundForAnotherCallerOrAnotherVersion() throws {
        var cache = cache()
        let (kitchen, hall) = (try SHA256Digest(hashing: "k"), try SHA256Digest(hashing: "h"))
        cache.insert([1, 2, 3], byteCount: 1, in: .init(version: 1, tenant: kitchen)) { "a" }
        for other in [
            Cache.Scope(version: 1, tenant: hall), .init(version: 1, tenant: nil),
            .init(version: 2, tenant: kitchen),
        ] {
            #expect(cache.longestMatch([1, 2, 3], in: other, atLeast: 1) == nil)
        }
        let same = Cache.Scope(version: 1, tenant: kitchen)
        #expect(cache.longestMatch([1, 2, 3], in: same, atLeast: 1)?.memory == "a")
    }

    @Test func aLongerEntryTakesThePlaceOfItsBeginnings() {
        var cache = cache()
        cache.insert([1, 2, 3], byteCount: 10, in: scope) { "turn 1" }
        cache.insert([1, 2, 4, 4, 4], byteCount: 10, in: scope) { "another" }
        // The last token of the first is said otherwise in the second.
        cache.insert([1, 2, 9, 4, 5, 6], byteCount: 20, in: scope) { "turn 2" }
        #expect(cache.count == 2 && cache.byteCount == 30)
        #expect(cache.longestMatch([1, 2, 3], in: scope, atLeast: 1)?.memory != "turn 1")
        #expect(cache.longestMatch([1, 2, 4, 4], in: scope, atLeast: 3)?.memory == "another")
    }

    @Test func ofTwoThatAreNearlyTheSameTheLongerIsKept() {
        var cache = cache()
        cache.insert([1, 2, 3, 4, 5], byteCount: 10, in: scope) { "a" }
        #expect(!cache.insert([1, 2, 3, 4], byteCount: 10, in: scope) { "shorter" })
        #expect(cache.insert([1, 2, 3, 4, 5, 6], byteCount: 10, in: scope) { "longer" })
        #expect(cache.count == 1 && cache.byteCount == 10)
        #expect(cache.longestMatch([1, 2], in: scope, atLeast: 1)?.memory == "longer")
    }

    @Test func whatAnEntryHasAlreadyIsNotKeptAgain() {
        var cache = cache(30)
        cache.insert([1, 2, 3, 4], byteCount: 10, in: scope) { "a" }
        cache.insert([9, 8], byteCount: 10, in: scope) { "b" }
        let isKept = cache.insert([1, 2, 3, 7], byteCount: 10, in: scope) {
            Issue.record("memory was made for nothing")
            return "c"
        }
        #expect(!isKept && cache.count == 2)
        // It counts as used, so the other one goes first.
        cache.insert([5, 5], byteCount: 20, in: scope) { "d" }
        #expect(cache.longestMatch([9, 8], in: scope, atLeast: 1) == nil)
        #expect(cache.longestMatch([1, 2, 3], in: scope, atLeast: 1)?.memory == "a")
    }

    @Test func theLeastRecentlyUsedGoesFirstWhoseverItIs() throws {
        var cache = cache(30)
        let other = Cache.Scope(version: 2, tenant: try SHA256Digest(hashing: "k"))
        cache.insert([1, 1], byteCount: 10, in: scope) { "a" }
        cache.insert([2, 2], byteCount: 10, in: other) { "b" }
        cache.insert([3, 3], byteCount: 10, in: scope) { "c" }
        #expect(cache.longestMatch([1, 1], in: scope, atLeast: 1)?.memory == "a")
        cache.insert([4, 4], byteCount: 15, in: scope) { "d" }
        #expect(cache.byteCount == 25 && cache.count == 2)
        #expect(cache.longestMatch([1, 1], in: scope, atLeast: 1) != nil)
        #expect(cache.longestMatch([2, 2], in: other, atLeast: 1) == nil)
        #expect(cache.longestMatch([3, 3], in: scope, atLeast: 1) == nil)
        // What never fits drives nobody out.
        #expect(!cache.insert([5, 5], byteCount: 31, in: scope) { "e" })
        #expect(cache.count == 2)
    }

    @Test func whatIsTooShortIsNotKept() {
        var cache = cache()
        #expect(!cache.insert([1], byteCount: 1, in: scope) { "a" })
        #expect(cache.count == 0 && cache.byteCount == 0)
    }

    @Test func aVersionThatGoesTakesItsEntriesAlong() {
        var cache = cache()
        let new = Cache.Scope(version: 2, tenant: nil)
        cache.insert([1, 2], byteCount: 10, in: scope) { "a" }
        cache.insert([3, 4], byteCount: 10, in: scope) { "b" }
        cache.insert([1, 2], byteCount: 7, in: new) { "c" }
        cache.removeAll(of: 1)
        #expect(cache.count == 1 && cache.byteCount == 7)
        #expect(cache.longestMatch([1, 2], in: scope, atLeast: 1) == nil)
        #expect(cache.longestMatch([1, 2], in: new, atLeast: 1)?.memory == "c")
    }

    @Test func memoryThatCannotBeHadIsNotCounted() {
        struct NoMemory: Error {}
        var cache = cache()
        #expect(throws: NoMemory.self) {
            try cache.insert([1, 2], byteCount: 10, in: scope) { throw NoMemory() }
        }
        #expect(cache.count == 0 && cache.byteCount == 0)
    }

    @Test func whateverIsDoneTheLimitHoldsAndMatchesAreTrue() {
        var random = SeededGenerator(seed: 2)
        var cache = Cache(byteLimit: 500, slack: 3)
        var kept: [String: [Int32]] = [:]
        for step in 0..<3000 {
            let tokens = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int32.random(in: 0...2, using: &random)
            }
            let scope = Cache.Scope(version: .random(in: 1...3, using: &random), tenant: nil)
            if let match = cache.longestMatch(tokens[...], in: scope, atLeast: 1) {
                let own = kept[match.memory] ?? []
                #expect(own.prefix(match.length) == tokens.prefix(match.length))
                #expect(match.memory.hasPrefix("\(scope.version)."))
            }
            let name = "\(scope.version).\(step)"
            let isKept = cache.insert(
                tokens[...], byteCount: .random(in: 1...90, using: &random), in: scope
            ) { name }
            if isKept {
                kept[name] = tokens
                #expect(
                    cache.longestMatch(tokens[...], in: scope, atLeast: 1)?.length == tokens.count)
            }
            #expect(cache.byteCount <= 500)
            if step % 500 == 499 { cache.removeAll(of: 2) }
        }
        for version: UInt64 in 1...3 { cache.removeAll(of: version) }
        #expect(cache.count == 0 && cache.byteCount == 0)
    }
}
