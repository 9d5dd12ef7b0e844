/// y = x·W + b, for each row.
public struct ReferenceLinear: Sendable {
    /// [in, out]
    public var weight: DoubleMatrix
    /// [out]
    public var bias: [Double]

    public init(weight: DoubleMatrix, bias: [Double]) {
        self.weight = weight
        self.bias = bias
    }

    public func forward(_ x: DoubleMatrix) -> DoubleMatrix {
        var y = x * weight
        for row in 0..<y.rows {
            for column in 0..<y.columns { y[row, column] += bias[column] }
        }
        return y
    }

    /// - Returns: the gradients by `x` and by weight and bias.
    public func backward(
        _ x: DoubleMatrix, outputGradient: DoubleMatrix
    ) -> (input: DoubleMatrix, parameters: ReferenceLinear) {
        var biasGradient = [Double](repeating: 0, count: bias.count)
        for row in 0..<x.rows {
            for column in bias.indices { biasGradient[column] += outputGradient[row, column] }
        }
        return (
            outputGradient * weight.transposed,
            ReferenceLinear(weight: x.transposed * outputGradient, bias: biasGradient)
        )
    }
}
