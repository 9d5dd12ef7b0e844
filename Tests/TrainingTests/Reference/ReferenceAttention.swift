import TestSupport

/// Causal self-attention over one window, all heads.
struct ReferenceAttention {
    let headCount: Int

    /// - Parameters:
    ///   - qkv: [T, 3C], queries, keys and values.
    ///   - masks: for each head [T, T], what dropout multiplies the weights by; nil without.
    /// - Returns: [T, C], the weighted values, head by head.
    func forward(_ qkv: DoubleMatrix, masks: [DoubleMatrix]? = nil) -> DoubleMatrix {
        var output = DoubleMatrix(rows: qkv.rows, columns: qkv.columns / 3)
        for head in heads(of: qkv) {
            for query in 0..<qkv.rows {
                let weights = head.weights(of: query)
                for key in 0...query {
                    let used = weights[key] * (masks?[head.index][query, key] ?? 1)
                    for element in 0..<head.width {
                        output[query, head.queries + element] +=
                            used * qkv[key, head.values + element]
                    }
                }
            }
        }
        return output
    }

    /// - Returns: the gradient by `qkv`, from the one by the output, [T, C].
    func backward(
        _ qkv: DoubleMatrix, masks: [DoubleMatrix]? = nil, outputGradient: DoubleMatrix
    ) -> DoubleMatrix {
        var gradient = DoubleMatrix(rows: qkv.rows, columns: qkv.columns)
        for head in heads(of: qkv) {
            for query in 0..<qkv.rows {
                let weights = head.weights(of: query)
                var weightsGradient = weights
                for key in 0...query {
                    let factor = masks?[head.index][query, key] ?? 1
                    var product = 0.0
                    for element in 0..<head.width {
                        let output = outputGradient[query, head.queries + element]
                        product += output * qkv[key, head.values + element]
                        gradient[key, head.values + element] += factor * weights[key] * output
                    }
                    weightsGradient[key] = factor * product
                }
                let scores = ReferenceSoftmax.backward(
                    weights, outputGradient: weightsGradient, scale: head.scale)
                for key in 0...query {
                    for element in 0..<head.width {
                        let (q, k) = (head.queries + element, head.keys + element)
                        gradient[query, q] += scores[key] * qkv[key, k]
                        gradient[key, k] += scores[key] * qkv[query, q]
                    }
                }
            }
        }
        return gradient
    }

    private func heads(of qkv: DoubleMatrix) -> [Head] {
        (0..<headCount).map { Head(qkv: qkv, index: $0, width: qkv.columns / 3 / headCount) }
    }

    private struct Head {
        let qkv: DoubleMatrix
        let index: Int
        let width: Int

        var scale: Double { 1 / Double(width).squareRoot() }
        /// The first column of each part.
        var queries: Int { index * width }
        var keys: Int { qkv.columns / 3 + queries }
        var values: Int { 2 * qkv.columns / 3 + queries }

        /// How much a query takes of what it sees: of itself and of all before it.
        func weights(of query: Int) -> [Double] {
            let scores = (0...query).map { key in
                (0..<width).reduce(0) {
                    $0 + qkv[query, queries + $1] * qkv[key, keys + $1]
                }
            }
            return ReferenceSoftmax.forward(scores, scale: scale)
        }
    }
}
