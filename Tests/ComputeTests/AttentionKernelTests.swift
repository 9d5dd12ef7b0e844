import CKernels
import TestSupport
import Testing

@Suite struct AttentionKernelTests {
    static let widths = [1, 8, 16, 20, 64, 80]
    static let numberFormats = [false, true]

    @Test(arguments: levels, numberFormats)
    func attentionEqualsItsReference(level: dixie_level, isBF16: Bool) {
        for width in Self.widths {
            var random = SeededGenerator(seed: UInt64(width))
            let cache = FilledCache(&random, level, width: width, positions: 200, isBF16: isBF16)
            for (first, count) in [(0, 1), (0, 5), (61, 9), (63, 1), (64, 4), (127, 70), (199, 1)] {
                let queries = random.floats(count * width, in: -2...2)
                let fast = cache.attend(queries, level, from: first)
                let reference = cache.attend(queries, level, from: first, isReference: true)
                #expect(distance(fast, reference) <= 2e-6, "\(width), \(count) from \(first)")
            }
        }
    }

    /// A prompt in chunks, or a token at a time, gives the same bits as in one pass.
    @Test(arguments: levels, numberFormats)
    func aQueryIsTheSameAloneAndAmongOthers(level: dixie_level, isBF16: Bool) {
        for width in [16, 20, 64, 80] {
            var random = SeededGenerator(seed: 1)
            let cache = FilledCache(&random, level, width: width, positions: 200, isBF16: isBF16)
            let queries = random.floats(200 * width, in: -2...2)
            let together = cache.attend(queries, level, from: 0)
            var first = 0
            for count in [1, 2, 3, 5, 4, 6, 8, 9, 23, 7, 64, 57, 11] {
                let part = Array(queries[first * width..<(first + count) * width])
                let expected = Array(together[first * width..<(first + count) * width])
                #expect(
                    cache.attend(part, level, from: first) == expected,
                    "\(width), \(count) from \(first)")
                first += count
            }
            // Six queries, of which one to five see the next block.
            for first in 59..<64 {
                let part = Array(queries[first * width..<(first + 6) * width])
                let expected = Array(together[first * width..<(first + 6) * width])
                #expect(cache.attend(part, level, from: first) == expected, "\(width), \(first)")
            }
        }
    }

    /// What was in a slot before, or comes after, is not seen.
    @Test(arguments: levels, numberFormats)
    func laterPositionsAreNotSeen(level: dixie_level, isBF16: Bool) {
        var random = SeededGenerator(seed: 3)
        let cache = FilledCache(&random, level, width: 16, positions: 100, isBF16: isBF16)
        let queries = random.floats(16, in: -2...2)
        let before = cache.attend(queries, level, from: 70)
        for position in 71..<100 {
            cache.store(
                random.floats(16, in: -90...90), random.floats(16, in: -90...90), at: position,
                level)
        }
        #expect(cache.attend(queries, level, from: 70) == before)
    }

    @Test(arguments: levels) func scoresFarApartAreNoTrouble(level: dixie_level) {
        var random = SeededGenerator(seed: 5)
        let cache = FilledCache(&random, level, width: 16, positions: 130, isBF16: false)
        var key = [Float](repeating: 0, count: 16)
        key[0] = 1e15
        let value = [Float](repeating: 7, count: 16)
        cache.store(key, value, at: 100, level)
        var query = key
        #expect(cache.attend(query, level, from: 129).allSatisfy { abs($0 - 7) < 1e-5 })
        query[0] = -1e15
        let without = cache.attend(query, level, from: 129)
        #expect(without.allSatisfy { $0.isFinite && abs($0) <= 2 })
    }
}

/// Keys and values of one head for some positions.
final class FilledCache {
    private let width: Int
    private var cache: dixie_cache

    init(
        _ random: inout SeededGenerator, _ level: dixie_level, width: Int, positions: Int,
        isBF16: Bool
    ) {
        func zeros(_ count: Int) -> UnsafeMutableRawPointer {
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
            bytes.initializeMemory(as: UInt8.self, repeating: 0, count: count * 4)
            return bytes
        }
        self.width = width
        cache = dixie_cache(
            keys: zeros(dixie_cache_key_count(width, positions)),
            values: zeros(dixie_cache_value_count(width, positions)), width: width,
            is_bf16: isBF16 ? 1 : 0)
        for position in 0..<positions {
            store(
                random.floats(width, in: -2...2), random.floats(width, in: -2...2), at: position,
                level)
        }
    }

    deinit {
        cache.keys.deallocate()
        cache.values.deallocate()
    }

    func store(_ key: [Float], _ value: [Float], at position: Int, _ level: dixie_level) {
        dixie_cache_store(level, &cache, position, key, value)
    }

    func attend(
        _ queries: [Float], _ level: dixie_level, from first: Int, isReference: Bool = false
    ) -> [Float] {
        let count = queries.count / width
        var results = [Float](repeating: .nan, count: queries.count)
        if isReference {
            dixie_attend_reference(
                &cache, queries, width, count, first, 0.125, &results, width)
        } else {
            dixie_attend(level, &cache, queries, width, count, first, 0.125, &results, width)
        }
        return results
    }
}
