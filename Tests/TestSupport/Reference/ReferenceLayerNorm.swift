/// Each row with mean 0 and variance 1, times gain, plus bias.
public struct ReferenceLayerNorm: Sendable {
    public var gain: [Double]
    public var bias: [Double]

    public init(gain: [Double], bias: [Double]) {
        self.gain = gain
        self.bias = bias
    }

    /// The mean of a row and 1 / √(variance + 1e-5).
    public static func statistics(of row: [Double]) -> (mean: Double, scale: Double) {
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
        return (mean, 1 / (variance + 1e-5).squareRoot())
    }

    public func forward(_ x: DoubleMatrix) -> DoubleMatrix {
        var y = x
        for row in 0..<x.rows {
            let (mean, scale) = Self.statistics(of: x[row])
            for column in 0..<x.columns {
                y[row, column] = (x[row, column] - mean) * scale * gain[column] + bias[column]
            }
        }
        return y
    }

    /// - Returns: the gradients by `x` and by gain and bias.
    public func backward(
        _ x: DoubleMatrix, outputGradient: DoubleMatrix
    ) -> (input: DoubleMatrix, parameters: ReferenceLayerNorm) {
        let zeros = [Double](repeating: 0, count: x.columns)
        var gradients = ReferenceLayerNorm(gain: zeros, bias: zeros)
        var input = x
        for row in 0..<x.rows {
            let (mean, scale) = Self.statistics(of: x[row])
            let normed = x[row].map { ($0 - mean) * scale }
            let normedGradient = zip(outputGradient[row], gain).map { $0 * $1 }
            let shift = normedGradient.reduce(0, +) / Double(x.columns)
            let slope =
                zip(normedGradient, normed).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.columns)
            for column in 0..<x.columns {
                gradients.gain[column] += outputGradient[row, column] * normed[column]
                gradients.bias[column] += outputGradient[row, column]
                input[row, column] =
                    scale * (normedGradient[column] - shift - normed[column] * slope)
            }
        }
        return (input, gradients)
    }
}
