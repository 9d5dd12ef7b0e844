/// A matrix of doubles, row-major: what the plain arithmetic of the references works on.
public struct Grid: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    public var values: [Double]

    public init(_ rows: Int, _ columns: Int, _ values: [Double]? = nil) {
        self.rows = rows
        self.columns = columns
        self.values = values ?? [Double](repeating: 0, count: rows * columns)
        precondition(self.values.count == rows * columns)
    }

    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    public func row(_ index: Int) -> [Double] {
        Array(values[index * columns..<(index + 1) * columns])
    }

    /// Some of the columns.
    public func columns(_ range: Range<Int>) -> Grid {
        Grid(rows, range.count, (0..<rows).flatMap { row(_: $0)[range] })
    }

    public static func + (left: Grid, right: Grid) -> Grid {
        Grid(left.rows, left.columns, zip(left.values, right.values).map(+))
    }

    /// Element by element.
    public static func * (left: Grid, right: Grid) -> Grid {
        Grid(left.rows, left.columns, zip(left.values, right.values).map(*))
    }

    public var transposed: Grid {
        var result = Grid(columns, rows)
        for row in 0..<rows {
            for column in 0..<columns { result[column, row] = self[row, column] }
        }
        return result
    }

    /// The matrix product.
    public func times(_ other: Grid) -> Grid {
        precondition(columns == other.rows)
        var result = Grid(rows, other.columns)
        for row in 0..<rows {
            for inner in 0..<columns {
                let factor = self[row, inner]
                for column in 0..<other.columns {
                    result[row, column] += factor * other[inner, column]
                }
            }
        }
        return result
    }

    /// The sum of all rows, as one row.
    public var columnSums: Grid {
        var result = Grid(1, columns)
        for row in 0..<rows { for column in 0..<columns { result[0, column] += self[row, column] } }
        return result
    }

    public static func random(
        _ rows: Int, _ columns: Int, in range: ClosedRange<Double> = -1...1,
        using generator: inout SeededGenerator
    ) -> Grid {
        Grid(rows, columns, (0..<rows * columns).map { _ in .random(in: range, using: &generator) })
    }
}
