import Datasets
import GPT2
import TestSupport
import Training

/// A GPT-2 in plain loops and double precision: what training's fast pass should compute. Or the
/// gradients by all its parameters.
struct ReferenceModel {
    var embedding: ReferenceEmbedding
    var blocks: [ReferenceBlock]
    var finalNorm: ReferenceLayerNorm

    /// The sum of the cross-entropy over a window's targets, in nats.
    func loss(of window: TrainingWindow, masks: ReferenceMasks) -> Double {
        let x = residuals(window, masks)[blocks.count]
        return ReferenceCrossEntropy.forward(logits(x), targets: window.targets).reduce(0, +)
    }

    /// The gradients of `scale` times the loss by every parameter.
    func gradients(
        of window: TrainingWindow, masks: ReferenceMasks, scale: Double = 1
    ) -> ReferenceModel {
        let residuals = residuals(window, masks)
        let x = residuals[blocks.count]
        var gradients = self
        let logitsGradient = ReferenceCrossEntropy.backward(
            logits(x), targets: window.targets, scale: scale)
        var gradient: DoubleMatrix
        (gradient, gradients.finalNorm) = finalNorm.backward(
            x, outputGradient: logitsGradient * embedding.token)
        for (layer, block) in blocks.enumerated().reversed() {
            (gradient, gradients.blocks[layer]) = block.backward(
                residuals[layer], masks: masks.blocks[layer], outputGradient: gradient)
        }
        gradients.embedding = embedding.backward(
            window.inputs, outputGradient: gradient.dropped(by: masks.embedding))
        // The embedding of tokens also makes the logits.
        gradients.embedding.token =
            gradients.embedding.token + logitsGradient.transposed * finalNorm.forward(x)
        return gradients
    }

    private func logits(_ x: DoubleMatrix) -> DoubleMatrix {
        finalNorm.forward(x) * embedding.token.transposed
    }

    /// The residual stream before each block and after the last.
    private func residuals(_ window: TrainingWindow, _ masks: ReferenceMasks) -> [DoubleMatrix] {
        var x = embedding.forward(window.inputs).dropped(by: masks.embedding)
        return [x]
            + zip(blocks, masks.blocks).map { block, masks in
                x = block.forward(x, masks: masks)
                return x
            }
    }
}
