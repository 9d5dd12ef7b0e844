/// The five numbers that fix a GPT-2's shape.
public struct Hyperparameters: Sendable, Hashable {
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

    /// D = C / H: the width of one head.
    public var headWidth: Int { embeddingWidth / headCount }

    /// - Throws: `GPT2Error.impossibleConfiguration` where no model can have that shape.
    public init(
        vocabularySize: Int, contextLength: Int, embeddingWidth: Int, headCount: Int,
        layerCount: Int
    ) throws {
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.embeddingWidth = embeddingWidth
        self.headCount = headCount
        self.layerCount = layerCount
        try check()
    }

    /// The published sizes, by the names people use for them.
    public static func named(_ name: String) -> Hyperparameters? {
        let sizes = [
            "124M": (768, 12, 12), "355M": (1024, 16, 24), "774M": (1280, 20, 36),
            "1558M": (1600, 25, 48),
        ]
        guard let (width, heads, layers) = sizes[name] else { return nil }
        return try? Hyperparameters(
            vocabularySize: 50257, contextLength: 1024, embeddingWidth: width, headCount: heads,
            layerCount: layers)
    }

    /// The upper bounds are far above any GPT-2; they keep every later product of sizes in range.
    private func check() throws {
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("the vocabulary (n_vocab)", vocabularySize, 1...1_000_000),
            ("the context (n_ctx)", contextLength, 1...1_000_000),
            ("the width (n_embd)", embeddingWidth, 1...65_536),
            ("the number of heads (n_head)", headCount, 1...65_536),
            ("the number of layers (n_layer)", layerCount, 1...1_000),
        ]
        for (name, value, range) in bounds where !range.contains(value) {
            throw GPT2Error.impossibleConfiguration(
                "\(name) is \(value), outside \(range.lowerBound) to \(range.upperBound)")
        }
        guard embeddingWidth / headCount <= 1024 else {
            throw GPT2Error.impossibleConfiguration(
                "a head would be \(embeddingWidth / headCount) wide, and 1024 is the most")
        }
        guard embeddingWidth % headCount == 0 else {
            throw GPT2Error.impossibleConfiguration(
                "the width (n_embd) is \(embeddingWidth), which \(headCount) heads (n_head) "
                    + "cannot share out evenly")
        }
    }
}
