import Compute

/// Generates the tokens of one sequence for as long as it is asked to; when the model's window is
/// full it slides on, keeping the later half.
///
/// For programs that generate one text at a time; the server's engine runs many sequences.
public final class TokenGenerator {
    private let model: Model
    private let pool: ThreadPool
    private let workspace: Workspace
    private let cache: KVCache
    private var sampler: Sampler
    /// All tokens the window holds, those not yet run through the model last.
    private var window: [Int32]

    /// - Parameters:
    ///   - model: the model.
    ///   - prompt: at least one token; only as many of its last as the window holds are used.
    ///   - sampler: chooses the tokens.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory for its cache.
    public init(
        _ model: Model, prompt: [Int32], sampler: Sampler, on pool: ThreadPool
    ) throws {
        precondition(!prompt.isEmpty, "there is no first token to go on from")
        self.model = model
        self.sampler = sampler
        self.pool = pool
        workspace = try Workspace(model.hyperparameters)
        cache = try KVCache(model.hyperparameters)
        window = prompt.suffix(model.hyperparameters.contextLength)
    }

    /// The next token.
    public func next() throws -> Int32 {
        let token = try sampler.next(logits())
        window.append(token)
        return token
    }

    /// The highest logits of what comes next; see `RankedLogit.highest`.
    public func highestLogits(_ count: Int) throws -> [RankedLogit] {
        try RankedLogit.highest(count, of: logits())
    }

    /// [V]: the logits of what comes next, valid until the next call of anything
    /// and for as long as this generator lives.
    public func logits() throws -> UnsafeMutableBufferPointer<Float> {
        if window.count > cache.capacity {
            window.removeFirst(window.count - max(1, cache.capacity / 2))
            cache.truncate(to: 0)
        }
        // Asked twice, the last token is run again.
        cache.truncate(to: min(cache.count, window.count - 1))
        return try model.forward(
            window[cache.count...], cache: cache, workspace: workspace, on: pool
        ).floats
    }
}
