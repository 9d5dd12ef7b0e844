import Compute
import Foundation
import TestSupport
import Testing

@testable import GPT2

@Suite struct TokenDistributionTests {
    /// A distribution is a view of what were logits, which stay where they are as long as `body` runs.
    func withDistribution<Result>(
        _ logits: [Float], topP: Double = 0, topK: Int = 0,
        _ body: (TokenDistribution) -> Result
    ) -> Result {
        var settings = SamplingSettings()
        settings.topP = topP
        settings.topK = topK
        var logits = logits
        return logits.withUnsafeMutableBufferPointer {
            body(TokenDistribution(Logits($0), settings))
        }
    }

    func tokensKept(_ logits: [Float], topP: Double = 0, topK: Int = 0) -> [Int32] {
        withDistribution(logits, topP: topP, topK: topK) { $0.tokens }
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
        #expect(tokensKept(logits([0.5, 0.15, 0.25, 0.1]), topP: topP) == kept)
    }

    @Test func topPKeepsEqualsOfTheLowestKept() {
        #expect(tokensKept([1, 2, 1, 0, 1], topP: 0.6) == [0, 1, 2, 4])
        #expect(tokensKept([3, 3, 3], topP: 0.1) == [0, 1, 2])
        let many = (0..<9000).map { Float($0 % 3) }
        for kept in [0.4, 0.6, 0.95] {
            #expect(tokensKept(many, topP: kept) == reference(many, topP: kept, topK: 0))
        }
    }

    @Test(
        arguments: [
            (0, [0, 1, 2, 3, 4]), (1, [1]), (2, [0, 1, 4]), (3, [0, 1, 4]), (4, [0, 1, 3, 4]),
            (5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4]), (.max, [0, 1, 2, 3, 4]),
        ] as [(Int, [Int32])])
    func topKKeepsTheHighestAndTheirEquals(topK: Int, kept: [Int32]) {
        #expect(tokensKept([1, 2, -5, 0, 1], topK: topK) == kept)
    }

    @Test func topPAboveZeroLeavesTopKUnused() {
        #expect(tokensKept(logits([0.4, 0.3, 0.2, 0.1]), topP: 0.8, topK: 1).count == 3)
        #expect(tokensKept(logits([0.4, 0.3, 0.2, 0.1]), topP: 1, topK: 1).count == 4)
    }

    @Test func logitsFarApartAreKeptInRange() {
        #expect(tokensKept([3e38, -3e38, 0], topP: 0.9) == [0])
        // What is so unlikely that it never comes is not there to be counted.
        #expect(tokensKept([3e38, -3e38, 0], topK: 2) == [0])
        let drawn = withDistribution([-3e38, 3e38, 0]) { [$0.token(at: 0), $0.token(at: 0.999)] }
        #expect(drawn == [1, 1])
        #expect(tokensKept([-3e38, -3e38], topP: 0.5) == [0, 1])
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
        lowest = max(lowest, sorted[0] - 87)
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
                tokensKept(logits, topP: topP) == reference(logits, topP: topP, topK: 0))
        }
        for topK in [1, 40, 999] {
            #expect(tokensKept(logits, topK: topK) == reference(logits, topP: 0, topK: topK))
        }
    }

    @Test func drawsHaveTheProbabilitiesOfTheirLogits() {
        var random = SeededGenerator(seed: 3)
        let logits = (0..<16).map { _ in Float.random(in: -2...1, using: &random) }
        for (topP, topK, degrees) in [(0.0, 0, 15), (0.0, 6, 5)] {
            let tokens = tokensKept(logits, topP: topP, topK: topK)
            #expect(tokens.count == degrees + 1)
            let total = tokens.reduce(0) { $0 + exp(Double(logits[Int($1)])) }
            let source = CounterRandom(seed: 20_261_121)
            let draws = 20_000
            let counts = withDistribution(logits, topP: topP, topK: topK) { distribution in
                (0..<draws).reduce(into: [Int32: Int]()) { counts, position in
                    let share = source.uniform(choice: 0, position: position)
                    counts[distribution.token(at: share), default: 0] += 1
                }
            }
            #expect(counts.count == degrees + 1)
            let chiSquare = tokens.reduce(0.0) { sum, token in
                let expected = exp(Double(logits[Int(token)])) / total * Double(draws)
                let difference = Double(counts[token] ?? 0) - expected
                return sum + difference * difference / expected
            }
            // Above these once in a thousand seeds.
            #expect(chiSquare < (degrees == 15 ? 37.7 : 20.5))
        }
    }

    @Test func sharesAtTheEndsGiveTokensWithWeight() {
        withDistribution([-3e38, 1, 1, -3e38]) { distribution in
            #expect(distribution.token(at: 0) == 1)
            #expect(distribution.token(at: 0.499_999) == 1)
            #expect(distribution.token(at: 0.500_001) == 2)
            #expect(distribution.token(at: 1.0.nextDown) == 2)
        }
    }

    /// A vocabulary is walked in parts: wherever a share falls, the token is the one that a plain
    /// running sum passes it at.
    @Test(arguments: [1023, 1024, 1025, 5000])
    func drawsOverManyTokensEqualARunningSum(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let logits = (0..<count).map { _ in Float.random(in: -3...1, using: &random) }
        let weights = logits.map { exp(Double($0)) }
        let total = weights.reduce(0, +)
        withDistribution(logits) { distribution in
            var before = 0.0
            for (token, weight) in weights.enumerated() where token % 37 == 0 || token > count - 3 {
                before = weights[..<token].reduce(0, +)
                #expect(distribution.token(at: (before + weight / 2) / total) == token)
            }
        }
    }
}
