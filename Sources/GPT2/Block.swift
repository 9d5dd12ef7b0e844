import Compute

/// The weights of one block, or their gradients, as the operations want them. C is the model's width.
public struct Block: Sendable {
    public let norm1: LayerNormParameters
    /// [C, 3C]: queries, keys and values side by side.
    public let attention: Linear
    /// [C, C]
    public let attentionOutput: Linear
    public let norm2: LayerNormParameters
    /// [C, 4C]
    public let hidden: Linear
    /// [4C, C]
    public let hiddenOutput: Linear

    public init(_ weights: Weights, layer: Int) {
        let C = weights.hyperparameters.embeddingWidth
        func norm(_ gain: Parameter.InBlock, _ bias: Parameter.InBlock) -> LayerNormParameters {
            LayerNormParameters(
                gain: weights.matrix(.block(layer, gain), columns: C),
                bias: weights.matrix(.block(layer, bias), columns: C))
        }
        func linear(
            _ weight: Parameter.InBlock, _ bias: Parameter.InBlock, _ input: Int, _ output: Int
        ) -> Linear {
            Linear(
                weight: weights.matrix(.block(layer, weight), rows: input, columns: output),
                bias: weights.matrix(.block(layer, bias), columns: output))
        }
        norm1 = norm(.norm1Gain, .norm1Bias)
        attention = linear(.attentionWeight, .attentionBias, C, 3 * C)
        attentionOutput = linear(.attentionOutputWeight, .attentionOutputBias, C, C)
        norm2 = norm(.norm2Gain, .norm2Bias)
        hidden = linear(.hiddenWeight, .hiddenBias, C, 4 * C)
        hiddenOutput = linear(.hiddenOutputWeight, .hiddenOutputBias, 4 * C, C)
    }
}

/// A matrix and a bias: y = x·W + b.
public struct Linear: Sendable {
    /// [in, out]
    public let weight: Matrix
    /// [1, out]
    public let bias: Matrix
}
