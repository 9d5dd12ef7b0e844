import Compute

extension Model {
    /// How many rows of logits are in memory at a time while losses are computed: with GPT-2's
    /// vocabulary 13 MB.
    private static let rowsAtATime = 64

    /// Runs new tokens of one sequence through the model and says how well it foresaw what follows
    /// the last of them.
    ///
    /// The logits of all positions together, [T, V], are never in memory.
    /// - Parameters:
    ///   - targets: what follows each of the last `targets.count` tokens: ids in 0 ..< V.
    ///   - tokens: n ≥ 1 ids, as of `forward`.
    ///   - cache: of this sequence; afterwards it holds n tokens more.
    ///   - workspace: scratch, made for a model of this shape.
    ///   - pool: does the arithmetic.
    /// - Returns: −ln p of each target, in nats.
    /// - Throws: `GPT2Error.logitsNotFinite`; `ComputeError` when there is no memory.
    public func losses(
        of targets: some Collection<Int32>, after tokens: some Collection<Int32>, cache: KVCache,
        workspace: Workspace, on pool: ThreadPool
    ) throws -> [Double] {
        let n = tokens.count
        precondition(targets.count <= n, "every target follows a token")
        try runBlocks(
            [SequencePiece(tokens, cache: cache)],
            logitRows: max(1, min(targets.count, Self.rowsAtATime)), workspace: workspace, on: pool)

        let targets = Array(targets)
        var losses = [Float](repeating: 0, count: targets.count)
        try losses.withUnsafeMutableBufferPointer { losses in
            guard let base = losses.baseAddress else { return }
            for start in stride(from: 0, to: targets.count, by: Self.rowsAtATime) {
                let end = min(start + Self.rowsAtATime, targets.count)
                let first = n - targets.count
                let logits = logits(
                    of: first + start..<first + end, workspace: workspace, on: pool)
                crossEntropy(
                    logits, targets: targets[start..<end], scale: nil, losses: base + start,
                    on: pool)
            }
            guard losses.areFinite else { throw GPT2Error.logitsNotFinite }
        }
        return losses.map(Double.init)
    }
}
