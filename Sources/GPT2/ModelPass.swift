import Compute

/// One sequence's new tokens, run through a model's blocks; the logits of any of them can be had, some
/// at a time, so that those of a whole window, [T, V], are never in memory together.
public struct ModelPass {
    /// How many rows of logits to ask for at a time: with GPT-2's vocabulary 13 MB.
    public static let rowsAtATime = 64

    /// n: the tokens of the pass.
    public let tokenCount: Int
    private let model: Model
    private let workspace: Workspace
    private let pool: ThreadPool

    /// - Parameters:
    ///   - model: runs them.
    ///   - tokens: one or more ids in 0 ..< V; `cache` has room for them.
    ///   - cache: of this sequence; afterwards it holds the tokens as well.
    ///   - workspace: scratch, made for a model of this shape; the pass is over when it is used again.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory for a pass of that length.
    public init(
        _ model: Model, _ tokens: some Collection<Int32>, cache: KVCache, workspace: Workspace,
        on pool: ThreadPool
    ) throws {
        self.model = model
        self.workspace = workspace
        self.pool = pool
        tokenCount = tokens.count
        try model.runBlocks(
            [SequencePiece(tokens, cache: cache)], logitRows: Self.rowsAtATime,
            workspace: workspace, on: pool)
    }

    /// The logits after some of the tokens.
    ///
    /// - Parameter rows: of the pass, from 0; at most `rowsAtATime`.
    /// - Returns: [rows.count, V], valid until the next call of anything with the workspace.
    public func logits(of rows: Range<Int>) -> Matrix {
        precondition(rows.count <= Self.rowsAtATime && rows.upperBound <= tokenCount)
        return model.logits(of: rows, workspace: workspace, on: pool)
    }

    /// The last `count` rows, cut so that each part can be asked for at once.
    public func parts(ofLast count: Int) -> [Range<Int>] {
        stride(from: tokenCount - count, to: tokenCount, by: Self.rowsAtATime).map {
            $0..<min($0 + Self.rowsAtATime, tokenCount)
        }
    }
}
