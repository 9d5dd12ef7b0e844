/// New tokens of one sequence, to be run through a model in one pass with those of others.
public struct SequencePiece {
    /// One or more ids in 0 ..< V.
    public let tokens: [Int32]
    /// Of this sequence. What it holds stands before the tokens; it has room for them.
    public let cache: KVCache
    /// Of how many of the last tokens the logits are wanted.
    public let logitRows: Int

    public init(_ tokens: some Collection<Int32>, cache: KVCache, logitRows: Int = 1) {
        self.tokens = Array(tokens)
        self.cache = cache
        self.logitRows = logitRows
        precondition(!self.tokens.isEmpty, "a piece has a token")
        precondition(logitRows >= 0 && logitRows <= self.tokens.count)
        precondition(cache.count + self.tokens.count <= cache.capacity, "past the cache's capacity")
    }
}
