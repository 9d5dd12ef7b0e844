import Compute
import Foundation
import GPT2

/// Adafactor (Shazeer and Stern, 2018, algorithm 4) with the defaults of tensor2tensor: of a
/// matrix's squared gradients it remembers only means of rows and columns; the learning rate is
/// relative to the size of each tensor; no momentum.
final class Adafactor: Optimizer {
    var stepCount = 0
    private let weights: Weights
    private let gradients: Weights
    private let factors: [Factors]
    private let buffer: FloatBuffer

    /// One tensor's memory: rows and columns of a matrix, or all of a vector.
    private struct Factors {
        let entry: ParameterTable.Entry
        let rows: FloatSlice?
        let columns: FloatSlice
    }

    /// Added to squared gradients.
    private static let smallest: Float = 1e-30
    /// The least size a tensor counts as having.
    private static let leastSize = 1e-3

    static func stateCount(of shape: [Int]) -> Int { shape.reduce(0, +) }

    init(weights: Weights, gradients: Weights, parameters: TrainableParameters) throws {
        self.weights = weights
        self.gradients = gradients
        let count = parameters.entries.reduce(0) { $0 + Self.stateCount(of: $1.shape) }
        let buffer = try FloatBuffer(count: count)
        self.buffer = buffer
        var end = 0
        func take(_ count: Int) -> FloatSlice {
            defer { end += count }
            return buffer.slice(end..<end + count)
        }
        factors = parameters.entries.map { entry in
            let rows = entry.shape.count == 2 ? take(entry.shape[0]) : nil
            return Factors(entry: entry, rows: rows, columns: take(entry.shape.last ?? 0))
        }
    }

    var state: [OptimizerTensor] {
        factors.flatMap { factors in
            let name = factors.entry.parameter.name
            let columns = OptimizerTensor(
                name: "columns.\(name)", shape: [factors.columns.count], floats: factors.columns)
            guard let rows = factors.rows else { return [columns] }
            return [
                OptimizerTensor(name: "rows.\(name)", shape: [rows.count], floats: rows), columns,
            ]
        }
    }

    func step(learningRate: Double, gradientScale: Double, on pool: ThreadPool) {
        stepCount += 1
        let decay = 1 - Float(pow(Double(stepCount), -0.8))
        for factors in factors {
            let entry = factors.entry
            let range = entry.offset..<entry.offset + entry.count
            let gradient = gradients.buffer.slice(range)
            if gradientScale != 1 { scale(gradient, by: Float(gradientScale), on: pool) }
            normalize(gradient, by: factors, decay: decay, on: pool)
            let weight = weights.buffer.slice(range)
            let excess = max(1, rootMeanSquare(gradient, on: pool))
            let size = max(Self.leastSize, rootMeanSquare(weight, on: pool))
            addScaled(gradient, by: Float(-learningRate * size / excess), to: weight, on: pool)
        }
    }

    /// Takes the gradient's squares into the memory, and divides it by the root of what they have
    /// come to.
    private func normalize(
        _ gradient: FloatSlice, by factors: Factors, decay: Float, on pool: ThreadPool
    ) {
        let matrix = Matrix(
            base: gradient.base, rows: factors.rows?.count ?? 1, columns: factors.columns.count)
        let columns = factors.columns
        let share = (1 - decay) / Float(matrix.rows)
        pool.forEachSlice(of: matrix.columns, atLeast: 64, multipleOf: 16) { part in
            for column in part {
                columns.base[column] =
                    columns.base[column] * decay + (1 - decay) * Self.smallest
            }
            for row in 0..<matrix.rows {
                let floats = matrix.row(row)
                for column in part {
                    columns.base[column] += share * floats[column] * floats[column]
                }
            }
        }
        var meanRow: Float = 1
        if let rows = factors.rows {
            pool.forEachSlice(of: matrix.rows, atLeast: 16) { part in
                for row in part {
                    let floats = matrix.row(row)
                    var sum = 0.0
                    for column in 0..<matrix.columns {
                        sum += Double(floats[column]) * Double(floats[column])
                    }
                    let mean = Float(sum / Double(matrix.columns)) + Self.smallest
                    rows.base[row] = rows.base[row] * decay + (1 - decay) * mean
                }
            }
            var sum = 0.0
            for row in 0..<rows.count { sum += Double(rows.base[row]) }
            meanRow = Float(sum / Double(rows.count))
        }
        let rows = factors.rows
        let mean = meanRow
        pool.forEachSlice(of: matrix.rows, atLeast: 1) { part in
            for row in part {
                let floats = matrix.row(row)
                let rowFactor = rows.map { ($0.base[row] / mean).squareRoot() } ?? 1
                for column in 0..<matrix.columns {
                    floats[column] /= rowFactor * columns.base[column].squareRoot()
                }
            }
        }
    }

    private func rootMeanSquare(_ x: FloatSlice, on pool: ThreadPool) -> Double {
        (sumOfSquares(x, on: pool) / Double(x.count)).squareRoot()
    }

    private func scale(_ x: FloatSlice, by factor: Float, on pool: ThreadPool) {
        pool.forEachSlice(of: x.count, atLeast: 4096, multipleOf: 16) { range in
            for index in range { x.base[index] *= factor }
        }
    }
}
