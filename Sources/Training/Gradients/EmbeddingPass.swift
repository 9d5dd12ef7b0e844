import Compute
import GPT2

/// From token ids to the residual stream, and gradients back into the two embeddings.
struct EmbeddingPass {
    let token: Matrix  // [V, C]
    let position: Matrix  // [T, C]
    let tokenGradient: Matrix
    let positionGradient: Matrix
    private(set) var dropout: Dropout?

    init(_ weights: Weights, gradients: Weights, dropout: Dropout?) {
        token = weights.tokenEmbedding
        position = weights.positionEmbedding
        tokenGradient = gradients.tokenEmbedding
        positionGradient = gradients.positionEmbedding
        self.dropout = dropout
    }

    /// As it is evaluated.
    var withoutDropout: EmbeddingPass {
        var copy = self
        copy.dropout = nil
        return copy
    }

    /// x[n] = the embedding of token n plus that of its position. [N, C]
    func forward(_ tokens: [Int32], into x: Matrix, at place: BatchPlace, on pool: ThreadPool) {
        pool.forEachSlice(of: place.rowCount, atLeast: 16) { rows in
            for row in rows {
                let id = Int(tokens[row])
                precondition(id >= 0 && id < token.rows, "no such token")
                x.row(row).update(from: token.row(id), count: x.columns)
            }
        }
        for window in 0..<place.windowCount {
            let start = window * place.windowLength
            add(
                position.rows(0..<place.windowLength),
                to: x.rows(start..<start + place.windowLength), on: pool)
        }
        place.drop(x, by: dropout, at: .embedding, on: pool)
    }

    /// Adds the gradients by both embeddings, from that by the residual stream, [N, C], which
    /// dropout changes. A token that stands in a batch many times is added to many times, so
    /// threads share out columns.
    func backward(
        _ tokens: [Int32], gradient: Matrix, at place: BatchPlace, on pool: ThreadPool
    ) {
        place.drop(gradient, by: dropout, at: .embedding, on: pool)
        pool.forEachSlice(of: gradient.columns, atLeast: 16, multipleOf: 16) { columns in
            let part = gradient.columns(columns)
            let tokenPart = tokenGradient.columns(columns)
            let positionPart = positionGradient.columns(columns)
            for row in 0..<part.rows {
                let one = part.rows(row..<row + 1)
                let id = Int(tokens[row])
                let position = row % place.windowLength
                addRow(one, toEachRowOf: tokenPart.rows(id..<id + 1))
                addRow(one, toEachRowOf: positionPart.rows(position..<position + 1))
            }
        }
    }
}
