import Compute
import Foundation

/// The tokens that may come next, with their weights, after top-p or top-k: a view of logits, valid for
/// as long as they are left alone.
struct TokenDistribution {
    private let logits: Logits
    private let highest: Float
    /// The lowest logit kept; its equals are kept too.
    private let threshold: Float

    /// - Parameters:
    ///   - logits: [V], finite, penalties and temperature already applied.
    ///   - settings: top-p is used if above 0, else top-k if above 0.
    init(_ logits: Logits, _ settings: SamplingSettings) {
        self.logits = logits
        highest = logits.highest
        if settings.topP > 0, settings.topP < 1 {
            threshold = Self.lowest(of: logits, highest, holding: settings.topP)
        } else if settings.topP <= 0, settings.topK > 0, settings.topK < logits.count {
            threshold = Self.lowest(of: logits, highest, counting: settings.topK)
        } else {
            // At top-p 1 what stands before a token never sums to the whole: nothing is left out.
            threshold = -.infinity
        }
    }

    /// Those that may come, in order of their ids.
    var tokens: [Int32] {
        (0..<logits.count).filter { logits[$0] >= threshold }.map { Int32($0) }
    }

    /// The token at which the running sum of probabilities, in order of the ids, passes `share`, in
    /// [0, 1).
    func token(at share: Double) -> Int32 {
        let parts = stride(from: 0, to: logits.count, by: Self.partSize).map {
            let tokens = $0..<min($0 + Self.partSize, logits.count)
            let weight = logits.weight(of: tokens, highest: highest, from: threshold)
            return (tokens: tokens, weight: weight)
        }.filter { $0.weight > 0 }
        var left = share * parts.reduce(0) { $0 + $1.weight }
        var next = 0
        while next < parts.count - 1, left >= parts[next].weight {
            left -= parts[next].weight
            next += 1
        }
        let tokens = parts[next].tokens
        let weights = logits.weights(of: tokens, highest: highest, from: threshold)
        var last = tokens.lowerBound
        for (token, weight) in zip(tokens, weights) where weight > 0 {
            left -= Double(weight)
            last = token
            if left < 0 { break }
        }
        // Where rounding made the sum come out lower the second time, it is the last with a weight.
        return Int32(last)
    }

    /// Small enough that walking one costs nothing, large enough that there are few.
    private static let partSize = 1024

    /// Of the logits from the top, those before which the probabilities sum to less than `share`: the
    /// lowest. The highest is always kept.
    private static func lowest(
        of logits: Logits, _ highest: Float, holding share: Double
    ) -> Float {
        let stair = logits.stair(below: highest)
        let mass = share * stair.masses.reduce(0, +)
        var before = 0.0
        for step in stair.masses.indices where stair.counts[step] > 0 {
            guard before + stair.masses[step] >= mass else {
                before += stair.masses[step]
                continue
            }
            var lowest = highest
            for logit in logits.values(on: step, of: stair, below: highest) {
                // Its sum in another order may differ in the last digit: the step's end is the end.
                guard before < mass else { break }
                lowest = logit
                before += exp(Double(logit - highest))
            }
            return lowest
        }
        return -.infinity
    }

    /// The K-th highest.
    private static func lowest(
        of logits: Logits, _ highest: Float, counting topK: Int
    ) -> Float {
        let stair = logits.stair(below: highest)
        var before = 0
        for step in stair.counts.indices {
            let count = Int(stair.counts[step])
            if before + count >= topK {
                return logits.values(on: step, of: stair, below: highest)[topK - 1 - before]
            }
            before += count
        }
        return -.infinity
    }
}
