import Compute

extension Model {
    /// Runs new tokens of one sequence through the model and says how well it foresaw what follows
    /// the last of them.
    ///
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
        precondition(targets.count <= tokens.count, "every target follows a token")
        let pass = try ModelPass(self, tokens, cache: cache, workspace: workspace, on: pool)
        let targets = Array(targets)
        let first = pass.tokenCount - targets.count
        var losses = [Float](repeating: 0, count: targets.count)
        try losses.withUnsafeMutableBufferPointer { losses in
            guard let base = losses.baseAddress else { return }
            for part in pass.parts(ofLast: targets.count) {
                crossEntropy(
                    pass.logits(of: part),
                    targets: targets[part.lowerBound - first..<part.upperBound - first], scale: nil,
                    losses: base + part.lowerBound - first, on: pool)
            }
            guard losses.areFinite else { throw GPT2Error.logitsNotFinite }
        }
        return losses.map(Double.init)
    }
}
