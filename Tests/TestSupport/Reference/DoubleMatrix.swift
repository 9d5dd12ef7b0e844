/// Rows of numbers in double precision, for arithmetic that is to be right and not fast.
public struct DoubleMatrix: Equatable, Sendable {
    public let rows: Int
    public let columns: Int
    /// Row after row.
    public var values: [Double]

    /// - Parameters:
    ///   - rows: how many there are.
    ///   - columns: the width of each.
    ///   - values: row after row; nil for zeros.
    public init(rows: Int, columns: Int, values: [Double]? = nil) {
        self.rows = rows
        self.columns = columns
        self.values = values ?? [Double](repeating: 0, count: rows * columns)
        precondition(self.values.count == rows * columns, "shapes do not fit")
    }

    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row.
    public subscript(row: Int) -> [Double] {
        get { Array(values[row * columns..<(row + 1) * columns]) }
        set { values.replaceSubrange(row * columns..<(row + 1) * columns, with: newValue) }
    }

    public var transposed: DoubleMatrix {
        var result = DoubleMatrix(rows: columns, columns: rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    public static func + (left: DoubleMatrix, right: DoubleMatrix) -> DoubleMatrix {
        left.combined(with: right, by: +)
    }

    /// The matrix product.
    public static func * (left: DoubleMatrix, right: DoubleMatrix) -> DoubleMatrix {
        precondition(left.columns == right.rows, "shapes do not fit")
        var result = DoubleMatrix(rows: left.rows, columns: right.columns)
        for row in 0..<left.rows {
            for column in 0..<right.columns {
                var sum = 0.0
                for inner in 0..<left.columns { sum += left[row, inner] * right[inner, column] }
                result[row, column] = sum
            }
        }
        return result
    }

    /// What dropout makes of it, forward and backward: each element times its own factor, 0 or one
    /// over what is kept. Without a mask nothing is dropped.
    public func dropped(by mask: DoubleMatrix?) -> DoubleMatrix {
        mask.map { combined(with: $0, by: *) } ?? self
    }

    private func combined(
        with other: DoubleMatrix, by operation: (Double, Double) -> Double
    ) -> DoubleMatrix {
        precondition(rows == other.rows && columns == other.columns, "shapes do not fit")
        return DoubleMatrix(
            rows: rows, columns: columns, values: zip(values, other.values).map(operation))
    }
}
