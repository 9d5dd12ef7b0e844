import Compute
import GPT2

/// Memory that every block uses in turn, in both directions. N rows.
final class PassScratch {
    private let width: Int
    private let rowCapacity: Int
    private let buffer: FloatBuffer
    let statistics: RowStatistics

    /// - Throws: `ComputeError` when there is no memory for it.
    init(_ size: Hyperparameters, rows: Int) throws {
        width = size.embeddingWidth
        rowCapacity = rows
        buffer = try FloatBuffer(count: rows * width * (1 + 1 + 1 + 1 + 4 + 4))
        statistics = RowStatistics(rows: rows)
    }

    /// The gradient by the residual stream. [N, C]
    func gradient(rows: Int) -> Matrix { part(from: 0, width: 1, rows) }
    /// What a layer norm gives. [N, C]
    func normed(rows: Int) -> Matrix { part(from: 1, width: 1, rows) }
    /// The gradient by `normed`, or by attention's output. [N, C]
    func normedGradient(rows: Int) -> Matrix { part(from: 2, width: 1, rows) }
    /// The residual stream's gradient after dropout. [N, C]
    func branchGradient(rows: Int) -> Matrix { part(from: 3, width: 1, rows) }
    /// What the GELU gives. [N, 4C]
    func activated(rows: Int) -> Matrix { part(from: 4, width: 4, rows) }
    /// The gradient by what is wider than the stream: the hidden layer, or qkv. [N, 4C or 3C]
    func wideGradient(rows: Int, multiple: Int) -> Matrix { part(from: 8, width: multiple, rows) }

    private func part(from offset: Int, width multiple: Int, _ rows: Int) -> Matrix {
        buffer.matrix(at: offset * rowCapacity * width, rows: rows, columns: multiple * width)
    }
}
