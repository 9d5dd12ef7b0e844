/// Where each parameter of a GPT-2 lies in one arena of floats.
///
/// The order is that of the forward pass. Every tensor starts on a cache line, and the floats
/// between tensors are zero, so that what treats all parameters alike is one flat loop.
public struct ParameterTable: Sendable {
    public struct Entry: Sendable {
        public let parameter: Parameter
        /// Row-major. Linear layers are [in, out], as GPT-2 has always stored them.
        public let shape: [Int]
        /// Where the tensor starts, in floats.
        public let offset: Int
        public var count: Int { shape.reduce(1, *) }
        /// Where the next tensor may start: tensors begin on cache lines.
        var end: Int { offset + (count + 15) / 16 * 16 }
    }

    public let entries: [Entry]
    /// The size of the arena, in floats.
    public let floatCount: Int
    /// The parameters themselves, without what lies between them.
    public let parameterCount: Int

    public init(_ hyperparameters: Hyperparameters) {
        var entries: [Entry] = []
        var end = 0
        for (parameter, shape) in Self.shapes(hyperparameters) {
            let entry = Entry(parameter: parameter, shape: shape, offset: end)
            entries.append(entry)
            end = entry.end
        }
        self.entries = entries
        floatCount = end
        parameterCount = entries.reduce(0) { $0 + $1.count }
    }

    /// Where the twelve tensors of one block lie in the arena.
    public func floats(ofBlock layer: Int) -> Range<Int> {
        let inBlock = entries.indices.filter {
            if case .block(layer, _) = entries[$0].parameter { true } else { false }
        }
        guard let first = inBlock.first, let last = inBlock.last else { return 0..<0 }
        return entries[first].offset..<entries[last].end
    }

    private static func shapes(_ size: Hyperparameters) -> [(Parameter, [Int])] {
        let C = size.embeddingWidth
        let top: [(Parameter, [Int])] = [
            (.tokenEmbedding, [size.vocabularySize, C]),
            (.positionEmbedding, [size.contextLength, C]),
        ]
        let blocks = (0..<size.layerCount).flatMap { layer -> [(Parameter, [Int])] in
            let shapes: [(Parameter.InBlock, [Int])] = [
                (.norm1Gain, [C]), (.norm1Bias, [C]),
                (.attentionWeight, [C, 3 * C]), (.attentionBias, [3 * C]),
                (.attentionOutputWeight, [C, C]), (.attentionOutputBias, [C]),
                (.norm2Gain, [C]), (.norm2Bias, [C]),
                (.hiddenWeight, [C, 4 * C]), (.hiddenBias, [4 * C]),
                (.hiddenOutputWeight, [4 * C, C]), (.hiddenOutputBias, [C]),
            ]
            return shapes.map { (.block(layer, $0), $1) }
        }
        return top + blocks + [(.finalNormGain, [C]), (.finalNormBias, [C])]
    }
}

/// One tensor of a GPT-2, by what it does.
public enum Parameter: Hashable, Sendable {
    case tokenEmbedding, positionEmbedding
    case block(Int, InBlock)
    case finalNormGain, finalNormBias

    /// The twelve tensors of one block; each raw value is the end of its Hugging Face name.
    public enum InBlock: String, CaseIterable, Sendable {
        case norm1Gain = "ln_1.weight"
        case norm1Bias = "ln_1.bias"
        case attentionWeight = "attn.c_attn.weight"
        case attentionBias = "attn.c_attn.bias"
        case attentionOutputWeight = "attn.c_proj.weight"
        case attentionOutputBias = "attn.c_proj.bias"
        case norm2Gain = "ln_2.weight"
        case norm2Bias = "ln_2.bias"
        case hiddenWeight = "mlp.c_fc.weight"
        case hiddenBias = "mlp.c_fc.bias"
        case hiddenOutputWeight = "mlp.c_proj.weight"
        case hiddenOutputBias = "mlp.c_proj.bias"
    }
}
