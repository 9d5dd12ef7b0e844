import Foundation
import TestSupport

/// Adafactor as its paper's algorithms 4 and 5 write it down, for one tensor.
struct ReferenceAdafactor {
    var weights: DoubleMatrix
    /// Of a matrix; a vector remembers every element, in `columns`.
    private(set) var rows: [Double]?
    private(set) var columns: [Double]
    private var stepCount = 0.0

    init(_ weights: DoubleMatrix, isVector: Bool) {
        self.weights = weights
        rows = isVector ? nil : [Double](repeating: 0, count: weights.rows)
        columns = [Double](repeating: 0, count: weights.columns)
    }

    mutating func step(_ gradients: DoubleMatrix, rate: Double) {
        stepCount += 1
        let kept = 1 - pow(stepCount, -0.8)
        let squares = DoubleMatrix(
            rows: gradients.rows, columns: gradients.columns,
            values: gradients.values.map { $0 * $0 + 1e-30 })
        func update(_ memory: [Double], by means: [Double]) -> [Double] {
            zip(memory, means).map { kept * $0 + (1 - kept) * $1 }
        }
        func means(_ matrix: DoubleMatrix) -> [Double] {
            (0..<matrix.rows).map { matrix[$0].reduce(0, +) / Double(matrix.columns) }
        }
        columns = update(columns, by: means(squares.transposed))
        rows = rows.map { update($0, by: means(squares)) }
        let mean = rows.map { $0.reduce(0, +) / Double($0.count) } ?? 1
        var change = gradients
        for row in 0..<gradients.rows {
            for column in 0..<gradients.columns {
                let estimate = (rows?[row] ?? 1) * columns[column] / mean
                change[row, column] /= estimate.squareRoot()
            }
        }
        let excess = max(1, rootMeanSquare(change))
        let size = max(1e-3, rootMeanSquare(weights))
        for index in weights.values.indices {
            weights.values[index] -= rate * size * change.values[index] / excess
        }
    }

    private func rootMeanSquare(_ x: DoubleMatrix) -> Double {
        (x.values.reduce(0) { $0 + $1 * $1 } / Double(x.values.count)).squareRoot()
    }
}
