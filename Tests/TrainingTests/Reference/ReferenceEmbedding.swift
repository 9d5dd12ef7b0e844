import TestSupport

/// A token's embedding plus that of its position.
struct ReferenceEmbedding {
    /// [V, C]
    var token: DoubleMatrix
    /// [T, C]
    var position: DoubleMatrix

    func forward(_ tokens: [Int32]) -> DoubleMatrix {
        var x = DoubleMatrix(rows: tokens.count, columns: token.columns)
        for (row, id) in tokens.enumerated() {
            for column in 0..<x.columns {
                x[row, column] = token[Int(id), column] + position[row, column]
            }
        }
        return x
    }

    /// - Returns: the gradients by both embeddings.
    func backward(_ tokens: [Int32], outputGradient: DoubleMatrix) -> ReferenceEmbedding {
        var gradients = ReferenceEmbedding(
            token: DoubleMatrix(rows: token.rows, columns: token.columns),
            position: DoubleMatrix(rows: position.rows, columns: position.columns))
        for (row, id) in tokens.enumerated() {
            for column in 0..<token.columns {
                gradients.token[Int(id), column] += outputGradient[row, column]
                gradients.position[row, column] += outputGradient[row, column]
            }
        }
        return gradients
    }
}
