import Compute

/// A matrix whose rows stand apart in memory, as some columns of a wider one do.
public struct PaddedMatrix {
    private static let pad: Float = 97.5
    private let buffer: FloatBuffer
    public let view: Matrix

    public init(_ values: DoubleMatrix, padding: Int) throws {
        let stride = values.columns + padding
        buffer = try FloatBuffer(count: values.rows * stride)
        buffer.floats.update(repeating: Self.pad)
        let whole = buffer.matrix(rows: values.rows, columns: stride)
        view = Matrix(
            base: whole.base, rows: values.rows, columns: values.columns, stride: stride)
        for row in 0..<values.rows {
            for column in 0..<values.columns {
                view.row(row)[column] = Float(values[row, column])
            }
        }
    }

    /// Row after row.
    public var floats: [Float] {
        (0..<view.rows).flatMap { row in (0..<view.columns).map { view.row(row)[$0] } }
    }

    /// What the floats are, exactly.
    public var doubles: DoubleMatrix {
        DoubleMatrix(rows: view.rows, columns: view.columns, values: floats.map(Double.init))
    }

    public var isPaddingUntouched: Bool {
        (0..<view.rows).allSatisfy { row in
            (view.columns..<view.stride).allSatisfy { view.row(row)[$0] == Self.pad }
        }
    }
}
