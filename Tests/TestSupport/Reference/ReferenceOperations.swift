import Foundation

// What each operation of training means, forward and backward, in plain loops and double precision.
// Each backward takes the gradient by the results and gives those by the arguments; tests hold it
// to finite differences, and the fast code to it.

/// y = x·W + b.
public enum ReferenceLinear {
    public static func forward(_ x: Grid, weight: Grid, bias: Grid) -> Grid {
        var y = x.times(weight)
        for row in 0..<y.rows { for column in 0..<y.columns { y[row, column] += bias[0, column] } }
        return y
    }

    public static func backward(
        _ x: Grid, weight: Grid, gradient: Grid
    ) -> (x: Grid, weight: Grid, bias: Grid) {
        (
            gradient.times(weight.transposed), x.transposed.times(gradient), gradient.columnSums
        )
    }
}

/// Rows with mean 0 and variance 1, times gain, plus bias.
public enum ReferenceLayerNorm {
    public static func forward(_ x: Grid, gain: Grid, bias: Grid) -> Grid {
        var y = normalized(x).rows
        for row in 0..<y.rows {
            for column in 0..<y.columns {
                y[row, column] = y[row, column] * gain[0, column] + bias[0, column]
            }
        }
        return y
    }

    public static func backward(
        _ x: Grid, gain: Grid, gradient: Grid
    ) -> (x: Grid, gain: Grid, bias: Grid) {
        let (z, scales) = normalized(x)
        var dx = Grid(x.rows, x.columns)
        let width = Double(x.columns)
        for row in 0..<x.rows {
            let d = (0..<x.columns).map { gradient[row, $0] * gain[0, $0] }
            let mean = d.reduce(0, +) / width
            let slope = (0..<x.columns).reduce(0) { $0 + d[$1] * z[row, $1] } / width
            for column in 0..<x.columns {
                dx[row, column] = scales[row] * (d[column] - mean - z[row, column] * slope)
            }
        }
        return (dx, (gradient * z).columnSums, gradient.columnSums)
    }

    private static func normalized(_ x: Grid) -> (rows: Grid, scales: [Double]) {
        var z = x
        let scales = (0..<x.rows).map { row in
            let values = x.row(row)
            let mean = values.reduce(0, +) / Double(x.columns)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.columns)
            let scale = 1 / (variance + 1e-5).squareRoot()
            for column in 0..<x.columns { z[row, column] = (x[row, column] - mean) * scale }
            return scale
        }
        return (z, scales)
    }
}

/// GPT-2's GELU, the tanh form.
public enum ReferenceGELU {
    private static let factor = (2 / Double.pi).squareRoot()

    public static func forward(_ x: Double) -> Double {
        0.5 * x * (1 + tanh(factor * (x + 0.044715 * x * x * x)))
    }

    public static func backward(_ x: Double, gradient: Double) -> Double {
        let t = tanh(factor * (x + 0.044715 * x * x * x))
        let slope = factor * (1 + 3 * 0.044715 * x * x)
        return gradient * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope)
    }
}

/// exp(scale · x) over its sum.
public enum ReferenceSoftmax {
    public static func forward(_ x: [Double], scale: Double) -> [Double] {
        let highest = x.max() ?? 0
        let powers = x.map { exp(scale * ($0 - highest)) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// From the results `p`.
    public static func backward(_ p: [Double], gradient: [Double], scale: Double) -> [Double] {
        let sum = zip(p, gradient).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(p, gradient).map { scale * $0 * ($1 - sum) }
    }
}

/// The sum over rows of −ln softmax(row)[target]; rows with a negative target do not count.
public enum ReferenceCrossEntropy {
    public static func forward(_ logits: Grid, targets: [Int]) -> Double {
        (0..<logits.rows).filter { targets[$0] >= 0 }.reduce(0) { sum, row in
            let values = logits.row(row)
            let highest = values.max() ?? 0
            let total = values.reduce(0) { $0 + exp($1 - highest) }
            return sum + log(total) + highest - values[targets[row]]
        }
    }

    public static func backward(_ logits: Grid, targets: [Int]) -> Grid {
        var gradient = Grid(logits.rows, logits.columns)
        for row in 0..<logits.rows where targets[row] >= 0 {
            for (column, p) in ReferenceSoftmax.forward(logits.row(row), scale: 1).enumerated() {
                gradient[row, column] = p - (column == targets[row] ? 1 : 0)
            }
        }
        return gradient
    }
}

/// Causal self-attention of one window, head by head, with a factor for each weight that says what
/// dropout made of it.
public enum ReferenceAttention {
    /// - Parameters:
    ///   - qkv: [T, 3C].
    ///   - factors: for each head [T, T].
    /// - Returns: [T, C].
    public static func forward(_ qkv: Grid, factors: [Grid]) -> Grid {
        let width = qkv.columns / 3
        let size = width / factors.count
        var result = Grid(qkv.rows, width)
        for (head, factor) in factors.enumerated() {
            let v = qkv.columns(2 * width + head * size..<2 * width + (head + 1) * size)
            let part = (weights(qkv, head: head, of: factors.count) * factor).times(v)
            for row in 0..<part.rows {
                for column in 0..<size { result[row, head * size + column] = part[row, column] }
            }
        }
        return result
    }

    public static func backward(_ qkv: Grid, factors: [Grid], gradient: Grid) -> Grid {
        let width = qkv.columns / 3
        let size = width / factors.count
        let scale = 1 / Double(size).squareRoot()
        var result = Grid(qkv.rows, qkv.columns)
        for (head, factor) in factors.enumerated() {
            let columns = (0..<3).map { $0 * width + head * size..<$0 * width + (head + 1) * size }
            let (q, k, v) = (
                qkv.columns(columns[0]), qkv.columns(columns[1]), qkv.columns(columns[2])
            )
            let output = gradient.columns(head * size..<(head + 1) * size)
            let weights = weights(qkv, head: head, of: factors.count)
            let dWeights = output.times(v.transposed) * factor
            var dScores = Grid(qkv.rows, qkv.rows)
            for row in 0..<qkv.rows {
                let seen = row + 1
                let part = ReferenceSoftmax.backward(
                    Array(weights.row(row)[..<seen]), gradient: Array(dWeights.row(row)[..<seen]),
                    scale: scale)
                for (column, value) in part.enumerated() { dScores[row, column] = value }
            }
            let parts = [
                dScores.times(k), dScores.transposed.times(q),
                (weights * factor).transposed.times(output),
            ]
            for (range, part) in zip(columns, parts) {
                for row in 0..<part.rows {
                    for column in 0..<size {
                        result[row, range.lowerBound + column] = part[row, column]
                    }
                }
            }
        }
        return result
    }

    private static func weights(_ qkv: Grid, head: Int, of count: Int) -> Grid {
        let width = qkv.columns / 3
        let size = width / count
        let scores = qkv.columns(head * size..<(head + 1) * size)
            .times(qkv.columns(width + head * size..<width + (head + 1) * size).transposed)
        var result = Grid(qkv.rows, qkv.rows)
        for row in 0..<qkv.rows {
            let seen = Array(scores.row(row)[...row])
            let p = ReferenceSoftmax.forward(seen, scale: 1 / Double(size).squareRoot())
            for (column, value) in p.enumerated() { result[row, column] = value }
        }
        return result
    }
}
