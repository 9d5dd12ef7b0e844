import Foundation

/// The tokens that may come next, with their weights, after top-p or top-k.
struct TokenDistribution {
    /// In order of their ids, so that a draw does not depend on how they were sorted.
    private(set) var tokens: [Int32] = []
    /// Proportional to the probabilities.
    private(set) var weights: [Double] = []

    /// - Parameters:
    ///   - logits: [V], penalties and temperature already applied.
    ///   - settings: top-p is used if above 0, else top-k if above 0.
    init(_ logits: UnsafeMutableBufferPointer<Float>, _ settings: SamplingSettings) {
        var highest = -Float.infinity
        for logit in logits { highest = max(highest, logit) }
        let threshold: Float
        if settings.topP >= 1 {
            // What stands before a token never sums to the whole: nothing is left out, and there
            // is no need to sort a vocabulary to know it.
            threshold = -.infinity
        } else if settings.topP > 0 {
            threshold = Self.topPThreshold(logits, highest: highest, settings.topP)
        } else if settings.topK > 0, settings.topK < logits.count {
            threshold = Self.topKThreshold(logits, settings.topK)
        } else {
            threshold = -.infinity
        }
        for index in logits.indices where logits[index] >= threshold {
            tokens.append(Int32(index))
            weights.append(exp(Double(logits[index] - highest)))
        }
    }

    /// The token at which the running sum of probabilities passes `share`, in [0, 1).
    func token(at share: Double) -> Int32 {
        var left = share * weights.reduce(0, +)
        for (token, weight) in zip(tokens, weights) {
            left -= weight
            if left < 0 { return token }
        }
        // Only rounding leads here: the sum came out lower the second time.
        return tokens[tokens.count - 1]
    }

    /// The lowest logit kept: of the logits from the top, those before which the probabilities sum
    /// to less than `topP`. The highest is always kept, and so are equals of the lowest kept.
    private static func topPThreshold(
        _ logits: UnsafeMutableBufferPointer<Float>, highest: Float, _ topP: Double
    ) -> Float {
        var total = 0.0
        for logit in logits { total += exp(Double(logit - highest)) }
        // Few tokens carry nearly all the weight: sort those near the top, and more if need be.
        var depth: Float = 8
        while true {
            let candidates = logits.filter { $0 >= highest - depth }.sorted(by: >)
            var before = 0.0
            var lowest = highest
            for logit in candidates {
                guard before < topP * total else { return lowest }
                lowest = logit
                before += exp(Double(logit - highest))
            }
            if candidates.count == logits.count { return lowest }
            depth *= 4
        }
    }

    /// The K-th highest logit.
    private static func topKThreshold(
        _ logits: UnsafeMutableBufferPointer<Float>, _ topK: Int
    ) -> Float {
        // A heap of the K highest so far, its lowest on top.
        var heap = Array(logits[..<topK])
        func sink(_ start: Int) {
            var parent = start
            while true {
                var child = 2 * parent + 1
                guard child < heap.count else { return }
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < heap[parent] else { return }
                heap.swapAt(child, parent)
                parent = child
            }
        }
        for start in stride(from: topK / 2, through: 0, by: -1) { sink(start) }
        for logit in logits[topK...] where logit > heap[0] {
            heap[0] = logit
            sink(0)
        }
        return heap[0]
    }
}
