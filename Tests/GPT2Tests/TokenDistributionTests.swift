import Compute
import Foundation
import TestSupport
import Testing

@testable import GPT2

@Suite struct TokenDistributionTests {
    func distribution(
        _ logits: [Float], topP: Double = 0, topK: Int = 0
    ) -> TokenDistribution {
        var settings = SamplingSettings()
        settings.topP = topP
        settings.topK = topK
        var logits = logits
        return logits.withUnsafeMutableBufferPointer { TokenDistribution($0, settings) }
    }

    /// Logits whose probabilities are these.
    func logits(_ probabilities: [Double]) -> [Float] { probabilities.map { Float(log($0)) } }

    @Test(
        arguments: [
            // What stands before a token must sum to less than P: the token that reaches P is kept.
            (0.49, [0]), (0.51, [0, 2]), (0.74, [0, 2]), (0.76, [0, 1, 2]), (0.95, [0, 1, 2, 3]),
            (1e-9, [0]), (1, [0, 1, 2, 3]), (7, [0, 1, 2, 3]),
        ] as [(Double, [Int32])])
    func topPKeepsTheFewestTokensThatReachIt(topP: Double, kept: [Int32]) {
        #expect(distribution(logits([0.5, 0.15, 0.25, 0.1]), topP: topP).tokens == kept)
    }

    @Test func topPKeepsEqualsOfTheLowestKept() {
        #expect(distribution([1, 2, 1, 0, 1], topP: 0.6).tokens == [0, 1, 2, 4])
        #expect(distribution([3, 3, 3], topP: 0.1).tokens == [0, 1, 2])
    }

    @Test(
        arguments: [
            (0, [0, 1, 2, 3, 4]), (1, [1]), (2, [0, 1, 4]), (3, [0, 1, 4]), (4, [0, 1, 3, 4]),
            (5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4]), (.max, [0, 1, 2, 3, 4]),
        ] as [(Int, [Int32])])
    func topKKeepsTheHighestAndTheirEquals(topK: Int, kept: [Int32]) {
        #expect(distribution([1, 2, -5, 0, 1], topK: topK).tokens == kept)
    }

    @Test func topPAboveZeroLeavesTopKUnused() {
        #expect(distribution(logits([0.4, 0.3, 0.2, 0.1]), topP: 0.8, topK: 1).tokens.count == 3)
        #expect(distribution(logits([0.4, 0.3, 0.2, 0.1]), topP: 1, topK: 1).tokens.count == 4)
    }

    @Test func logitsFarApartAreKeptInRange() {
        let extreme = distribution([3e38, -3e38, 0], topP: 0.9)
        #expect(extreme.tokens == [0])
        #expect(distribution([3e38, -3e38, 0]).weights == [1, 0, 0])
        #expect(distribution([-3e38, -3e38], topP: 0.5).tokens == [0, 1])
    }

    /// A slow and plain statement of what is kept: sort everything, sum exclusively.
    func reference(_ logits: [Float], topP: Double, topK: Int) -> [Int32] {
        let sorted = logits.sorted(by: >)
        var lowest = sorted.last ?? 0
        if topP > 0 {
            let weights = sorted.map { exp(Double($0) - Double(sorted[0])) }
            let total = weights.reduce(0, +)
            var before = 0.0
            for (logit, weight) in zip(sorted, weights) where before < topP * total {
                lowest = logit
                before += weight
            }
        } else if topK > 0 {
            lowest = sorted[min(topK, sorted.count) - 1]
        }
        return logits.indices.filter { logits[$0] >= lowest }.map { Int32($0) }
    }

    @Test(arguments: [1_000, 50_257], [Float(0.5), 4, 60])
    func whatIsKeptEqualsAPlainSort(count: Int, spread: Float) {
        var random = SeededGenerator(seed: UInt64(count) &+ UInt64(spread * 2))
        // In steps, so that there are equals.
        let logits = (0..<count).map { _ in
            (Float.random(in: -spread...spread, using: &random) * 64).rounded() / 64 - 80
        }
        for topP in [0.05, 0.5, 0.9, 0.999] {
            #expect(
                distribution(logits, topP: topP).tokens == reference(logits, topP: topP, topK: 0))
        }
        for topK in [1, 40, 999] {
            #expect(
                distribution(logits, topK: topK).tokens == reference(logits, topP: 0, topK: topK))
        }
    }

    @Test func drawsHaveTheProbabilitiesOfTheirLogits() {
        var random = SeededGenerator(seed: 3)
        let logits = (0..<16).map { _ in Float.random(in: -2...1, using: &random) }
        for (topP, topK, degrees) in [(0.0, 0, 15), (0.0, 6, 5)] {
            let distribution = distribution(logits, topP: topP, topK: topK)
            #expect(distribution.tokens.count == degrees + 1)
            let total = distribution.tokens.reduce(0) { $0 + exp(Double(logits[Int($1)])) }
            let source = CounterRandom(seed: 20_261_121)
            var counts: [Int32: Int] = [:]
            let draws = 100_000
            for position in 0..<draws {
                let share = source.uniform(choice: 0, position: position)
                counts[distribution.token(at: share), default: 0] += 1
            }
            #expect(counts.count == degrees + 1)
            let chiSquare = distribution.tokens.reduce(0.0) { sum, token in
                let expected = exp(Double(logits[Int(token)])) / total * Double(draws)
                let difference = Double(counts[token] ?? 0) - expected
                return sum + difference * difference / expected
            }
            // Above these once in a thousand seeds.
            #expect(chiSquare < (degrees == 15 ? 37.7 : 20.5))
        }
    }

    @Test func sharesAtTheEndsGiveTokensWithWeight() {
        let distribution = distribution([-3e38, 1, 1, -3e38])
        #expect(distribution.token(at: 0) == 1)
        #expect(distribution.token(at: 0.499_999) == 1)
        #expect(distribution.token(at: 0.500_001) == 2)
        #expect(distribution.token(at: 1.0.nextDown) == 2)
    }
}
