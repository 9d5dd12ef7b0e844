import BLAS
import Compute
import GPT2

/// From the residual stream to the loss and back, some rows at a time: the logits of a whole batch
/// would take more memory than all else.
final class LossPass {
    private let norm: LayerNormParameters
    private let normGradients: LayerNormParameters?
    private let embedding: Matrix  // [V, C]
    private let embeddingGradient: Matrix?
    private let logits: FloatBuffer  // [rows, V]
    private let losses: FloatBuffer  // [N]
    private let chunkRows: Int
    private let scratch: PassScratch

    /// Logits that are there at once: 32 MiB of them, or 16 rows.
    private static let chunkFloats = 8 << 20

    /// With `trainsEmbedding` the embedding and the last layer norm get gradients; there is room
    /// for `rows` rows. Throws `ComputeError` when there is no memory for a chunk.
    init(
        _ weights: Weights, gradients: Weights, trainsEmbedding: Bool, rows: Int,
        scratch: PassScratch
    ) throws {
        let V = weights.hyperparameters.vocabularySize
        norm = weights.finalNorm
        normGradients = trainsEmbedding ? gradients.finalNorm : nil
        embedding = weights.tokenEmbedding
        embeddingGradient = trainsEmbedding ? gradients.tokenEmbedding : nil
        chunkRows = Self.chunkRows(vocabulary: V, rows: rows)
        logits = try FloatBuffer(count: chunkRows * V)
        losses = try FloatBuffer(count: rows)
        self.scratch = scratch
    }

    static func chunkRows(vocabulary: Int, rows: Int) -> Int {
        min(rows, max(16, chunkFloats / vocabulary))
    }

    /// - Parameters:
    ///   - x: [N, C], the residual stream after the last block.
    ///   - targets: [N]; negative where nothing is to be learned.
    ///   - backward: what to multiply the gradient by, and where the one by `x` goes, [N, C]; nil
    ///     when only the loss is wanted.
    ///   - pool: does the arithmetic.
    /// - Returns: the sum over all targets of the cross-entropy, in nats.
    func run(
        _ x: Matrix, targets: [Int32], backward: (scale: Float, gradient: Matrix)?,
        on pool: ThreadPool
    ) -> Double {
        let normed = scratch.normed(rows: x.rows)
        let normedGradient = scratch.normedGradient(rows: x.rows)
        layerNorm(x, norm, into: normed, on: pool)
        for start in stride(from: 0, to: x.rows, by: chunkRows) {
            let rows = start..<min(start + chunkRows, x.rows)
            let chunk = logits.matrix(rows: rows.count, columns: embedding.rows)
            multiply(normed.rows(rows), embedding, .transposed, into: chunk, on: pool)
            crossEntropy(
                chunk, targets: targets[rows], scale: backward?.scale,
                losses: losses.slice(rows).base, on: pool)
            guard backward != nil else { continue }
            multiply(chunk, embedding, into: normedGradient.rows(rows), on: pool)
            if let embeddingGradient {
                multiplyTransposed(
                    chunk, normed.rows(rows), into: embeddingGradient, adding: true, on: pool)
            }
        }
        if let gradient = backward?.gradient {
            clear(FloatSlice(base: gradient.base, count: gradient.floats.count), on: pool)
            layerNormBackward(
                x, norm, outputGradient: normedGradient, inputGradient: gradient,
                parameterGradients: normGradients, statistics: scratch.statistics, on: pool)
        }
        return losses.floats[..<x.rows].reduce(0) { $0 + Double($1) }
    }
}
