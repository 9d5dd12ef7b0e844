import Compute
import Testing

@testable import GPT2

@Suite struct CounterRandomTests {
    struct KnownAnswer: Sendable {
        let counter: [UInt32]
        let key: [UInt32]
        let words: [UInt32]
    }

    /// The lines `philox4x32 10` of Random123's `kat_vectors`.
    static let knownAnswers = [
        KnownAnswer(
            counter: [0, 0, 0, 0], key: [0, 0],
            words: [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
        KnownAnswer(
            counter: [.max, .max, .max, .max], key: [.max, .max],
            words: [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]),
        // The digits of pi.
        KnownAnswer(
            counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
            key: [0xA409_3822, 0x299F_31D0],
            words: [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]),
    ]

    @Test(arguments: knownAnswers)
    func wordsEqualThePublishedAnswers(answer: KnownAnswer) {
        let random = CounterRandom(seed: UInt64(answer.key[1]) << 32 | UInt64(answer.key[0]))
        let (a, b, c, d) = random.words(
            answer.counter[0], answer.counter[1], answer.counter[2], answer.counter[3])
        #expect([a, b, c, d] == answer.words)
    }

    @Test func uniformNumbersFillTheUnitIntervalEvenly() {
        let random = CounterRandom(seed: 1)
        var counts = [Int](repeating: 0, count: 16)
        let draws = 32_000
        for position in 0..<draws {
            let number = random.uniform(choice: 0, position: position)
            guard (0..<1).contains(number) else {
                Issue.record("\(number) is outside [0, 1)")
                return
            }
            counts[Int(number * 16)] += 1
        }
        let expected = Double(draws) / 16
        let chiSquare = counts.reduce(0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        // 15 degrees of freedom: above this once in a thousand seeds.
        #expect(chiSquare < 37.7)
    }

    @Test func aDrawDependsOnlyOnSeedChoiceAndPosition() {
        let random = CounterRandom(seed: 5)
        let forward = (0..<200).map { random.uniform(choice: 3, position: $0) }
        let other = CounterRandom(seed: 5)
        let backward = (0..<200).reversed().map { other.uniform(choice: 3, position: $0) }
        #expect(forward == backward.reversed())
    }

    @Test func seedsChoicesAndPositionsGiveDifferentDraws() {
        var seen: Set<Double> = []
        for seed: UInt64 in [0, 1, 1 << 32, .max] {
            for choice in 0..<5 {
                for position in 0..<100 {
                    let random = CounterRandom(seed: seed)
                    seen.insert(random.uniform(choice: choice, position: position))
                }
            }
        }
        #expect(seen.count == 4 * 5 * 100)
    }
}
