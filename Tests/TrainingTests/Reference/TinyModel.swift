import Datasets
import GPT2
import TestSupport
import Training

/// Odd sizes, and weights large enough that every part of the model matters.
enum TinyModel {
    static func size(
        vocabulary: Int = 13, context: Int = 5, width: Int = 10, heads: Int = 2, layers: Int = 2
    ) throws -> Hyperparameters {
        try Hyperparameters(
            vocabularySize: vocabulary, contextLength: context, embeddingWidth: width,
            headCount: heads, layerCount: layers)
    }

    static func weights(
        _ size: Hyperparameters, _ random: inout SeededGenerator
    ) throws -> Weights {
        let weights = try Weights(zerosFor: size)
        for entry in weights.table.entries {
            let range: ClosedRange<Float> =
                switch entry.parameter {
                case .finalNormGain, .block(_, .norm1Gain), .block(_, .norm2Gain): 0.5...1.5
                default: -0.5...0.5
                }
            let drawn = random.floats(entry.count, in: range)
            _ = weights.floats(of: entry).update(fromContentsOf: drawn)
        }
        return weights
    }

    /// Every fourth target is ignored.
    static func window(
        _ size: Hyperparameters, length: Int, _ random: inout SeededGenerator
    ) -> TrainingWindow {
        func token() -> Int32 { Int32.random(in: 0..<Int32(size.vocabularySize), using: &random) }
        return TrainingWindow(
            inputs: (0..<length).map { _ in token() },
            targets: (0..<length).map { $0 % 4 == 1 ? TrainingWindow.ignored : token() })
    }
}
