import Compute

/// A GPT-2: weights and the arithmetic that makes logits of token ids.
///
/// Immutable; many sequences, each with a `KVCache` of its own, may use it, one step at a time on
/// one `Workspace`.
public final class Model: Sendable {
    public let weights: Weights
    public var hyperparameters: Hyperparameters { weights.hyperparameters }

    private let blocks: [Block]
    private let tokenEmbedding: Matrix  // [V, C]
    private let positionEmbedding: Matrix  // [T, C]
    private let finalNorm: LayerNormParameters

    public init(_ weights: Weights) {
        let size = weights.hyperparameters
        self.weights = weights
        blocks = (0..<size.layerCount).map { Block(weights, layer: $0) }
        tokenEmbedding = weights.tokenEmbedding
        positionEmbedding = weights.positionEmbedding
        finalNorm = weights.finalNorm
    }

    /// Runs new tokens of one sequence through the model in one pass and adds them to its cache.
    ///
    /// - Parameters:
    ///   - tokens: n ≥ 1 ids in 0 ..< V; `cache.count` + n must not exceed the cache's capacity.
    ///   - cache: of this sequence; afterwards it holds n tokens more.
    ///   - workspace: scratch, made for a model of this shape.
    ///   - logitRows: of how many of the last tokens to give the logits.
    ///   - pool: does the arithmetic.
    /// - Returns: [logitRows, V], in the workspace: valid until that is used again or let go.
    /// - Throws: `ComputeError` when there is no memory for a pass of that length.
    public func forward(
        _ tokens: some Collection<Int32>, cache: KVCache, workspace: Workspace, logitRows: Int = 1,
        on pool: ThreadPool
    ) throws -> Matrix {
        let n = tokens.count
        precondition(logitRows >= 1 && logitRows <= n)
        try workspace.reserve(rows: n, logitRows: logitRows)
        runBlocks(tokens, cache: cache, workspace: workspace, on: pool)
        return logits(of: n - logitRows..<n, among: n, workspace: workspace, on: pool)
    }

    /// Runs new tokens through all blocks; the workspace's residual stream then holds what the head
    /// makes logits of.
    ///
    /// - Parameters: as of `forward`; the workspace has room for the tokens.
    func runBlocks(
        _ tokens: some Collection<Int32>, cache: KVCache, workspace: Workspace, on pool: ThreadPool
    ) {
        let n = tokens.count
        precondition(n >= 1 && cache.count + n <= cache.capacity, "past the cache's capacity")

        let x = workspace.residual(rows: n)  // [n, C]
        let normed = workspace.normed(rows: n)  // [n, C]
        embed(tokens, from: cache.count, into: x)
        for (layer, block) in blocks.enumerated() {
            layerNorm(x, block.norm1, into: normed, on: pool)
            let qkv = workspace.wide(rows: n, columns: 3 * x.columns)  // [n, 3C]
            block.attention.apply(normed, into: qkv, on: pool)
            workspace.attention.run(qkv, into: normed, cache: cache, layer: layer, on: pool)
            block.attentionOutput.apply(normed, addingTo: x, on: pool)

            layerNorm(x, block.norm2, into: normed, on: pool)
            let hidden = workspace.wide(rows: n, columns: 4 * x.columns)  // [n, 4C]
            block.hidden.apply(normed, into: hidden, on: pool)
            gelu(hidden, on: pool)
            block.hiddenOutput.apply(hidden, addingTo: x, on: pool)
        }
        cache.count += n
    }

    /// What the head makes of some rows of the residual stream that `runBlocks` has left.
    ///
    /// - Parameters:
    ///   - range: of the tokens of that pass, from 0.
    ///   - n: how many tokens that pass had.
    ///   - workspace: that of the pass, with room for as many rows of logits as `range` has.
    ///   - pool: does the arithmetic.
    /// - Returns: [range.count, V], in the workspace.
    func logits(
        of range: Range<Int>, among n: Int, workspace: Workspace, on pool: ThreadPool
    ) -> Matrix {
        let normed = workspace.normed(rows: n).rows(range)
        layerNorm(workspace.residual(rows: n).rows(range), finalNorm, into: normed, on: pool)
        let logits = workspace.logits(rows: range.count)  // [range.count, V]
        multiply(normed, tokenEmbedding, .transposed, into: logits, on: pool)
        return logits
    }

    /// x[i] = the embedding of token i plus that of its position.
    private func embed(_ tokens: some Collection<Int32>, from position: Int, into x: Matrix) {
        for (row, token) in tokens.enumerated() {
            precondition(token >= 0 && token < tokenEmbedding.rows, "no such token")
            x.row(row).update(from: tokenEmbedding.row(Int(token)), count: x.columns)
            addRow(
                positionEmbedding.rows(position + row..<position + row + 1),
                toEachRowOf: x.rows(row..<row + 1))
        }
    }
}
