import Foundation
import Testing

@testable import GPT2

@Suite struct SamplerTests {
    /// The token chosen from `logits`, and what the settings made of them on the way.
    @discardableResult
    func next(
        _ sampler: inout Sampler, _ logits: [Float]
    ) throws -> (token: Int32, adjusted: [Float]) {
        var logits = logits
        let token = try logits.withUnsafeMutableBufferPointer { try sampler.next($0) }
        return (token, logits)
    }

    func greedy(_ change: (inout SamplingSettings) -> Void = { _ in }) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.temperature = 0
        change(&settings)
        return settings
    }

    @Test func temperatureZeroTakesTheFirstOfTheHighest() throws {
        var sampler = Sampler(greedy(), prompt: [])
        #expect(try next(&sampler, [1, 4, 3, 4]).token == 1)
        #expect(try next(&sampler, [-2, -1, -1]).token == 1)
        #expect(try next(&sampler, [0]).token == 0)
    }

    /// What a draw leaves in place of logits.
    func areWeights(_ weights: [Float], of logits: [Float]) -> Bool {
        zip(weights, logits).allSatisfy { weight, logit in
            let expected = exp(logit - (logits.max() ?? 0))
            return abs(weight - expected) <= 1e-6 * expected
        }
    }

    @Test func stepsAreTakenInTheirOrder() throws {
        var settings = SamplingSettings()
        settings.temperature = 0.5
        settings.topK = 1
        settings.penalize = 0.5
        settings.presencePenalty = 0.25
        settings.frequencyPenalty = 0.125
        settings.logitBias = [1: 2]
        var sampler = Sampler(settings, prompt: [0])
        // Bias, then temperature: (0.5 + 2) / 0.5.
        var step = try next(&sampler, [1, 0.5, -3])
        #expect(areWeights(step.adjusted, of: [2, 5, -6]))
        #expect(step.token == 1)
        // Then `penalize`, 5 × 0.5, and only then presence and frequency, 0.25 + 1 × 0.125.
        step = try next(&sampler, [1, 0.5, -3])
        #expect(areWeights(step.adjusted, of: [2, 2.125, -6]))
        #expect(step.token == 1)
        // Presence counts once, frequency each time.
        step = try next(&sampler, [0, 0.5, -3])
        #expect(areWeights(step.adjusted, of: [0, 2, -6]))
    }

    @Test func penalizeLowersGeneratedTokensWhateverTheSign() throws {
        var sampler = Sampler(greedy { $0.penalize = 0.5 }, prompt: [0, 1, 2])
        #expect(try next(&sampler, [-4, -3, -8]) == (1, [-4, -3, -8]))
        #expect(try next(&sampler, [6, 3, 2]) == (0, [6, 1.5, 2]))
        #expect(try next(&sampler, [-4, -3, -8]) == (1, [-8, -6, -8]))
        #expect(try next(&sampler, [0, 0, -1]) == (0, [0, 0, -1]))
    }

    @Test func theOriginalRuleMultipliesWhateverTheSignAndLooksAtThePrompt() throws {
        var sampler = Sampler(
            greedy {
                $0.penalize = 0.5
                $0.penaltyRule = .original
            }, prompt: [2, 2])
        // Once, however often it was seen; a negative logit is raised.
        #expect(try next(&sampler, [1, 3, 4]) == (1, [1, 3, 2]))
        #expect(try next(&sampler, [-7, -8, -10]) == (1, [-7, -4, -5]))
    }

    @Test(arguments: [0.0, 1.0], [SamplingSettings.PenaltyRule.generated, .original])
    func penalizeOfZeroOrOneIsOff(
        penalize: Double, rule: SamplingSettings.PenaltyRule
    ) throws {
        var sampler = Sampler(
            greedy {
                $0.penalize = penalize
                $0.penaltyRule = rule
            }, prompt: [0])
        for _ in 0..<3 { #expect(try next(&sampler, [2, -1]) == (0, [2, -1])) }
    }

    @Test func aBiasOnATokenThatIsNotThereDoesNothing() throws {
        var sampler = Sampler(greedy { $0.logitBias = [-1: 9, 2: 9, .max: 9, 0: -9] }, prompt: [])
        #expect(try next(&sampler, [1, 0]) == (1, [-8, 0]))
    }

    @Test func aTokenOfThePromptThatIsNotThereDoesNothing() throws {
        var sampler = Sampler(
            greedy {
                $0.penalize = 0.5
                $0.penaltyRule = .original
            }, prompt: [-1, 0, 2, .max])
        #expect(try next(&sampler, [2, 0]) == (0, [1, 0]))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity], [0.0, 1])
    func logitsThatAreNotFiniteAreAnError(logit: Float, temperature: Double) {
        var settings = SamplingSettings()
        settings.temperature = temperature
        var sampler = Sampler(settings, prompt: [])
        #expect(throws: GPT2Error.logitsNotFinite) { try next(&sampler, [0, logit, 1]) }
    }

    @Test func logitsThatALowTemperatureMakesInfiniteAreAnError() {
        var settings = SamplingSettings()
        settings.temperature = 0.001
        var sampler = Sampler(settings, prompt: [])
        #expect(throws: GPT2Error.logitsNotFinite) { try next(&sampler, [1e37, 2e37, -1e37]) }
    }

    @Test func drawsDependOnSeedChoiceAndPositionAlone() throws {
        let logits = [Float](repeating: 0, count: 64)
        func sampler(seed: UInt64, choice: Int) -> Sampler {
            var settings = SamplingSettings()
            settings.seed = seed
            return Sampler(settings, prompt: [], choice: choice)
        }
        func tokens(_ sampler: Sampler) throws -> [Int32] {
            var sampler = sampler
            return try (0..<20).map { _ in try next(&sampler, logits).token }
        }
        let alone = try tokens(sampler(seed: 4, choice: 1))
        #expect(Set(alone).count > 5)
        #expect(try tokens(sampler(seed: 4, choice: 1)) == alone)
        #expect(try tokens(sampler(seed: 5, choice: 1)) != alone)
        #expect(try tokens(sampler(seed: 4, choice: 0)) != alone)

        // Taking turns with another changes nothing.
        var first = sampler(seed: 4, choice: 1)
        var second = sampler(seed: 9, choice: 2)
        for expected in alone {
            #expect(try next(&first, logits).token == expected)
            try next(&second, logits)
        }

        // A position is counted, whatever was chosen there.
        var late = sampler(seed: 4, choice: 1)
        for _ in 0..<10 { try next(&late, [0, 100]) }
        #expect(try (10..<20).map { _ in try next(&late, logits).token } == Array(alone[10...]))
    }
}
