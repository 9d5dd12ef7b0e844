/// A view of row-major floats that somebody else owns: `rows` × `columns`, row `r` starting at
/// `base + r * stride`.
///
/// @unchecked Sendable because a view says where floats are, not who may write them: the threads
/// of one operation write disjoint parts, and operations follow one another.
public struct Matrix: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        precondition(rows >= 0 && columns >= 0 && (stride ?? columns) >= columns)
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }

    public func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }

    /// Some of the rows, sharing the floats.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows)
        return Matrix(
            base: row(range.lowerBound), rows: range.count, columns: columns, stride: stride)
    }

    /// Some of the columns, sharing the floats.
    public func columns(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns)
        return Matrix(
            base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// The one row of a matrix that has one, or the floats of contiguous rows, in order.
    public var floats: UnsafeMutableBufferPointer<Float> {
        precondition(rows <= 1 || stride == columns, "rows are not contiguous")
        return UnsafeMutableBufferPointer(start: base, count: rows * columns)
    }
}
