/// What a training pass does besides the plain arithmetic of a model.
public struct PassSettings: Sendable, Equatable {
    /// How likely an element is dropped, in 0 ..< 1: of the embedding's sum, of the attention's
    /// weights, and of what each half of a block adds to the residual stream.
    public struct DropoutRates: Sendable, Equatable {
        public var embedding: Double
        public var attention: Double
        public var residual: Double

        public init(embedding: Double = 0, attention: Double = 0, residual: Double = 0) {
            self.embedding = embedding
            self.attention = attention
            self.residual = residual
        }
    }

    public var dropout = DropoutRates()
    /// How likely an input token is replaced by any token of the vocabulary; what should follow
    /// stays.
    public var noise = 0.0
    /// Of dropout and noise.
    public var seed: UInt64 = 0
    /// Whether only a block's input is kept of its forward pass, and the rest is computed again
    /// when its backward pass comes: a tenth of the memory, a third more work, the same bits.
    public var recomputesBlocks = false
    /// Whether embeddings and the last layer norm stay as they are.
    public var trainsOnlyBlocks = false

    public init() {}
}
