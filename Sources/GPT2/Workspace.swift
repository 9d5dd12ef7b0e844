import Compute

/// The scratch memory of one forward pass, reused from step to step; grows to the longest pass.
///
/// Belongs to the thread that runs the steps.
public final class Workspace {
    let preparedRows = PreparedRows()
    private let hyperparameters: Hyperparameters
    private var rowCapacity = 0
    private var logitCapacity = 0
    private var activations: FloatBuffer  // [rows, (1 + 1 + 4) C]
    private var logitBuffer: FloatBuffer  // [logitRows, V]

    public init(_ hyperparameters: Hyperparameters) throws {
        self.hyperparameters = hyperparameters
        activations = try FloatBuffer(count: 0)
        logitBuffer = try FloatBuffer(count: 0)
    }

    func reserve(rows: Int, logitRows: Int) throws {
        if rows > rowCapacity {
            activations = try FloatBuffer(count: rows * 6 * hyperparameters.embeddingWidth)
            try preparedRows.reserve(rows: rows, deepest: 4 * hyperparameters.embeddingWidth)
            rowCapacity = rows
        }
        if logitRows > logitCapacity {
            logitBuffer = try FloatBuffer(count: logitRows * hyperparameters.vocabularySize)
            logitCapacity = logitRows
        }
    }

    /// Of all rows there is room for.
    var residual: Matrix { residual(rows: rowCapacity) }

    func residual(rows: Int) -> Matrix {
        activations.matrix(rows: rows, columns: hyperparameters.embeddingWidth)
    }

    func normed(rows: Int) -> Matrix {
        let C = hyperparameters.embeddingWidth
        return activations.matrix(at: rowCapacity * C, rows: rows, columns: C)
    }

    /// What is wider than the residual stream, one at a time: 3C or 4C columns.
    func wide(rows: Int, columns: Int) -> Matrix {
        activations.matrix(
            at: rowCapacity * 2 * hyperparameters.embeddingWidth, rows: rows, columns: columns)
    }

    func logits(rows: Int) -> Matrix {
        logitBuffer.matrix(rows: rows, columns: hyperparameters.vocabularySize)
    }
}
