/// The five numbers that fix a GPT-2's shape, by the names of the field.
public struct Hyperparameters: Sendable, Equatable {
    /// V: how many tokens there are.
    public var vocabularySize: Int
    /// T: the longest sequence the model can see.
    public var contextLength: Int
    /// C: the width of the residual stream.
    public var embeddingWidth: Int
    /// H: heads of attention in a layer; divides C.
    public var headCount: Int
    /// L: how many blocks.
    public var layerCount: Int

    public init(
        vocabularySize: Int, contextLength: Int, embeddingWidth: Int, headCount: Int,
        layerCount: Int
    ) {
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.embeddingWidth = embeddingWidth
        self.headCount = headCount
        self.layerCount = layerCount
    }
}
