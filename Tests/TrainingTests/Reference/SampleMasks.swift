import GPT2
import TestSupport

/// Masks drawn for a test of the reference alone.
enum SampleMasks {
    /// Every third element or so is dropped.
    static func matrix(
        _ rows: Int, _ columns: Int, _ random: inout SeededGenerator
    ) -> DoubleMatrix {
        let values = random.doubles(rows * columns, in: 0...1).map { $0 < 0.3 ? 0 : 1 / 0.7 }
        return DoubleMatrix(rows: rows, columns: columns, values: values)
    }

    /// Of all kinds, for a window of that many tokens.
    static func masks(
        _ size: Hyperparameters, length: Int, _ random: inout SeededGenerator
    ) -> ReferenceMasks {
        let C = size.embeddingWidth
        var masks = ReferenceMasks.none(layerCount: size.layerCount)
        masks.embedding = matrix(length, C, &random)
        for layer in masks.blocks.indices {
            masks.blocks[layer].attention = (0..<size.headCount).map { _ in
                matrix(length, length, &random)
            }
            masks.blocks[layer].attentionOutput = matrix(length, C, &random)
            masks.blocks[layer].hiddenOutput = matrix(length, C, &random)
        }
        return masks
    }
}
