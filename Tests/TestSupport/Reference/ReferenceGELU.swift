import Foundation

/// GPT-2's GELU, the tanh form.
public enum ReferenceGELU {
    private static let factor = (2 / Double.pi).squareRoot()

    public static func forward(_ x: Double) -> Double {
        0.5 * x * (1 + tanh(factor * (x + 0.044715 * x * x * x)))
    }

    /// The slope at `x` times the gradient by the output.
    public static func backward(_ x: Double, outputGradient: Double) -> Double {
        let value = tanh(factor * (x + 0.044715 * x * x * x))
        let inner = factor * (1 + 3 * 0.044715 * x * x)
        // Where tanh is 1 to the last digit, its slope is 0 whatever it is multiplied by.
        let bend = abs(value) == 1 ? 0 : 0.5 * x * (1 - value * value) * inner
        return outputGradient * (0.5 * (1 + value) + bend)
    }

    public static func forward(_ x: DoubleMatrix) -> DoubleMatrix {
        DoubleMatrix(rows: x.rows, columns: x.columns, values: x.values.map(forward))
    }

    public static func backward(_ x: DoubleMatrix, outputGradient: DoubleMatrix) -> DoubleMatrix {
        DoubleMatrix(
            rows: x.rows, columns: x.columns,
            values: zip(x.values, outputGradient.values).map { backward($0, outputGradient: $1) })
    }
}
