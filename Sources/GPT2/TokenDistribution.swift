import Compute

/// The tokens that may come next, with their weights, after top-p or top-k: a view of what were logits,
/// valid for as long as they are left alone.
struct TokenDistribution {
    private let weights: TokenWeights
    /// The lowest weight kept; its equals are kept too.
    private let threshold: Float

    /// - Parameters:
    ///   - logits: [V], finite, penalties and temperature already applied; weights afterwards.
    ///   - settings: top-p is used if above 0, else top-k if above 0.
    init(_ logits: Logits, _ settings: SamplingSettings) {
        let weights = logits.exponentiate()
        self.weights = weights
        if settings.topP > 0, settings.topP < 1 {
            let mass = settings.topP * weights.sum
            threshold = weights.threshold { $0.sum >= mass }
        } else if settings.topP <= 0, settings.topK > 0, settings.topK < weights.count {
            threshold = weights.threshold { $0.count >= settings.topK }
        } else {
            // At top-p 1 what stands before a token never sums to the whole: nothing is left out.
            threshold = 0
        }
    }

    /// Those that may come, in order of their ids: kept, and with a weight that is more than none.
    var tokens: [Int32] {
        (0..<weights.count).filter { weights[$0] >= threshold && weights[$0] > 0 }.map { Int32($0) }
    }

    /// The token at which the running sum of probabilities, in order of the ids, passes `share`, in
    /// [0, 1).
    func token(at share: Double) -> Int32 {
        let parts = stride(from: 0, to: weights.count, by: Self.partSize).map {
            let tokens = $0..<min($0 + Self.partSize, weights.count)
            return (tokens: tokens, sum: weights.portion(from: threshold, of: tokens).sum)
        }.filter { $0.sum > 0 }
        var left = share * parts.reduce(0) { $0 + $1.sum }
        var next = 0
        while next < parts.count - 1, left >= parts[next].sum {
            left -= parts[next].sum
            next += 1
        }
        let tokens = parts[next].tokens
        var last = tokens.lowerBound
        for token in tokens where weights[token] >= threshold && weights[token] > 0 {
            left -= Double(weights[token])
            last = token
            if left < 0 { break }
        }
        // Where rounding made the sum come out lower the second time, it is the last with a weight.
        return Int32(last)
    }

    /// Small enough that walking one costs nothing, large enough that there are few.
    private static let partSize = 1024
}
