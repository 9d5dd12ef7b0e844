import GPT2
import TestSupport

extension ReferenceModel {
    /// All zero.
    init(zerosFor size: Hyperparameters) {
        let C = size.embeddingWidth
        let norm = ReferenceLayerNorm(
            gain: [Double](repeating: 0, count: C), bias: [Double](repeating: 0, count: C))
        func linear(_ input: Int, _ output: Int) -> ReferenceLinear {
            ReferenceLinear(
                weight: DoubleMatrix(rows: input, columns: output),
                bias: [Double](repeating: 0, count: output))
        }
        embedding = ReferenceEmbedding(
            token: DoubleMatrix(rows: size.vocabularySize, columns: C),
            position: DoubleMatrix(rows: size.contextLength, columns: C))
        let block = ReferenceBlock(
            headCount: size.headCount, norm1: norm, attention: linear(C, 3 * C),
            attentionOutput: linear(C, C), norm2: norm, hidden: linear(C, 4 * C),
            hiddenOutput: linear(4 * C, C))
        blocks = [ReferenceBlock](repeating: block, count: size.layerCount)
        finalNorm = norm
    }

    /// The same numbers as `weights`, with more digits.
    init(_ weights: Weights) {
        self.init(zerosFor: weights.hyperparameters)
        for entry in weights.table.entries {
            self[entry.parameter] = floats(weights, entry).map(Double.init)
        }
    }

    /// The numbers of one tensor, row after row.
    subscript(parameter: Parameter) -> [Double] {
        get { self[keyPath: Self.path(of: parameter)] }
        set { self[keyPath: Self.path(of: parameter)] = newValue }
    }

    private static func path(of parameter: Parameter) -> WritableKeyPath<ReferenceModel, [Double]> {
        switch parameter {
        case .tokenEmbedding: return \.embedding.token.values
        case .positionEmbedding: return \.embedding.position.values
        case .finalNormGain: return \.finalNorm.gain
        case .finalNormBias: return \.finalNorm.bias
        case .block(let layer, let part):
            let block: WritableKeyPath<ReferenceModel, ReferenceBlock> = \.blocks[layer]
            return block.appending(path: path(of: part))
        }
    }

    private static func path(
        of part: Parameter.InBlock
    ) -> WritableKeyPath<ReferenceBlock, [Double]> {
        switch part {
        case .norm1Gain: \.norm1.gain
        case .norm1Bias: \.norm1.bias
        case .attentionWeight: \.attention.weight.values
        case .attentionBias: \.attention.bias
        case .attentionOutputWeight: \.attentionOutput.weight.values
        case .attentionOutputBias: \.attentionOutput.bias
        case .norm2Gain: \.norm2.gain
        case .norm2Bias: \.norm2.bias
        case .hiddenWeight: \.hidden.weight.values
        case .hiddenBias: \.hidden.bias
        case .hiddenOutputWeight: \.hiddenOutput.weight.values
        case .hiddenOutputBias: \.hiddenOutput.bias
        }
    }
}
