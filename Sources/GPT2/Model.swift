import Compute

/// A GPT-2: weights and the arithmetic that makes logits of token ids.
///
/// Immutable; many sequences, each with a `KVCache` of its own, may use it, one step at a time on
/// one `Workspace`. What a sequence gets does not depend on which others are in the same pass, nor
/// on how its tokens are cut into pieces, nor on the number of threads.
public final class Model: Sendable {
    public let weights: PackedWeights
    public var hyperparameters: Hyperparameters { weights.hyperparameters }

    public init(_ weights: PackedWeights) { self.weights = weights }

    /// - Parameters:
    ///   - weights: in f32; they are laid out anew, and may go or change afterwards.
    ///   - format: how the model keeps them.
    /// - Throws: `ComputeError` when there is no memory; `GPT2Error.tooWide`.
    public convenience init(_ weights: Weights, format: WeightFormat = .f32) throws {
        self.init(try PackedWeights(weights, format: format))
    }

    /// Runs new tokens of some sequences through the model in one pass and adds them to their caches.
    ///
    /// - Parameters:
    ///   - pieces: one or more, each with a cache of its own.
    ///   - workspace: scratch, made for a model of this shape.
    ///   - pool: does the arithmetic.
    /// - Returns: [sum of `logitRows`, V], piece by piece, in the workspace: valid until that is used
    ///   again or let go.
    /// - Throws: `ComputeError` when there is no memory for a pass of that length.
    public func forward(
        _ pieces: [SequencePiece], workspace: Workspace, on pool: ThreadPool
    ) throws -> Matrix {
        let logitRows = pieces.reduce(0) { $0 + $1.logitRows }
        try runBlocks(pieces, logitRows: logitRows, workspace: workspace, on: pool)
        var rows: [Int] = []
        var start = 0
        for piece in pieces {
            start += piece.tokens.count
            rows += start - piece.logitRows..<start
        }
        return logits(of: rows, workspace: workspace, on: pool)
    }

    /// The same for one sequence.
    ///
    /// - Returns: [logitRows, V] of the last tokens.
    public func forward(
        _ tokens: some Collection<Int32>, cache: KVCache, workspace: Workspace, logitRows: Int = 1,
        on pool: ThreadPool
    ) throws -> Matrix {
        try forward(
            [SequencePiece(tokens, cache: cache, logitRows: logitRows)], workspace: workspace,
            on: pool)
    }

    /// Runs new tokens through all blocks; the workspace's residual stream then holds what the head
    /// makes logits of, piece by piece.
    ///
    /// - Parameters:
    ///   - pieces: as of `forward`.
    ///   - logitRows: how many rows of logits will be asked for at a time.
    ///   - workspace: as of `forward`.
    ///   - pool: as of `forward`.
    /// - Throws: `ComputeError` when there is no memory for a pass of that length.
    func runBlocks(
        _ pieces: [SequencePiece], logitRows: Int, workspace: Workspace, on pool: ThreadPool
    ) throws {
        let n = pieces.reduce(0) { $0 + $1.tokens.count }
        try workspace.reserve(rows: n, logitRows: logitRows)
        let scratch = workspace.preparedRows
        let x = workspace.residual(rows: n)  // [n, C]
        let normed = workspace.normed(rows: n)  // [n, C]
        embed(pieces, into: x)
        for (layer, block) in weights.blocks.enumerated() {
            layerNorm(x, block.norm1, into: normed, on: pool)
            let qkv = workspace.wide(rows: n, columns: 3 * x.columns)  // [n, 3C]
            block.attention.apply(normed, into: qkv, scratch: scratch, on: pool)
            attend(pieces, layer: layer, qkv, into: normed, on: pool)
            block.attentionOutput.apply(normed, .add, into: x, scratch: scratch, on: pool)

            layerNorm(x, block.norm2, into: normed, on: pool)
            let hidden = workspace.wide(rows: n, columns: 4 * x.columns)  // [n, 4C]
            block.hidden.apply(normed, .gelu, into: hidden, scratch: scratch, on: pool)
            block.hiddenOutput.apply(hidden, .add, into: x, scratch: scratch, on: pool)
        }
        for piece in pieces { piece.cache.count += piece.tokens.count }
    }

    /// What the head makes of some rows of the residual stream that `runBlocks` has left.
    ///
    /// - Parameters:
    ///   - rows: of the pass, from 0; no more than it made room for.
    ///   - workspace: that of the pass.
    ///   - pool: does the arithmetic.
    /// - Returns: [rows.count, V], in the workspace.
    func logits(
        of rows: some Collection<Int>, workspace: Workspace, on pool: ThreadPool
    ) -> Matrix {
        let x = workspace.residual
        let chosen = workspace.normed(rows: rows.count)
        for (index, row) in rows.enumerated() {
            layerNorm(
                x.rows(row..<row + 1), weights.finalNorm, into: chosen.rows(index..<index + 1),
                on: pool)
        }
        let logits = workspace.logits(rows: rows.count)  // [rows, V]
        multiply(
            chosen, weights.tokenEmbedding, into: logits, scratch: workspace.preparedRows, on: pool)
        return logits
    }

    /// x[i] = the embedding of token i plus that of its position.
    private func embed(_ pieces: [SequencePiece], into x: Matrix) {
        var row = 0
        for piece in pieces {
            for (index, token) in piece.tokens.enumerated() {
                weights.tokenEmbedding.copyColumn(Int(token), to: x.row(row))
                let position = piece.cache.count + index
                addRow(
                    weights.positionEmbedding.rows(position..<position + 1),
                    toEachRowOf: x.rows(row..<row + 1))
                row += 1
            }
        }
    }

    /// Stores the keys and values of the new tokens in their caches, and attends. A head of a piece
    /// is one thread's.
    ///
    /// - Parameters:
    ///   - pieces: as of `forward`.
    ///   - layer: which layer's part of the caches.
    ///   - qkv: [n, 3C], queries, keys and values of the new tokens.
    ///   - output: [n, C], the weighted values, head by head.
    ///   - pool: shares out the heads.
    private func attend(
        _ pieces: [SequencePiece], layer: Int, _ qkv: Matrix, into output: Matrix,
        on pool: ThreadPool
    ) {
        let (heads, D) = (hyperparameters.headCount, hyperparameters.headWidth)
        let C = heads * D
        var starts: [Int] = []
        var end = 0
        for piece in pieces {
            starts.append(end)
            end += piece.tokens.count
        }
        let places = zip(pieces, starts).map { piece, start in
            (
                cache: piece.cache.heads(layer: layer), from: piece.cache.count,
                rows: start..<start + piece.tokens.count
            )
        }
        pool.forEachSlice(of: pieces.count * heads, atLeast: 1, in: .forRows(end)) { tasks in
            for task in tasks {
                let place = places[task / heads]
                let head = task % heads
                let rows = qkv.rows(place.rows)
                let columns = head * D..<(head + 1) * D
                place.cache.head(head).attend(
                    queries: rows.columns(columns),
                    keys: rows.columns(C + columns.lowerBound..<C + columns.upperBound),
                    values: rows.columns(2 * C + columns.lowerBound..<2 * C + columns.upperBound),
                    from: place.from, into: output.rows(place.rows).columns(columns))
            }
        }
    }
}
