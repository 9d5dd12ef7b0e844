import BLAS
import Compute
import GPT2

/// One block, forward and backward.
struct BlockPass {
    let layer: Int
    let weights: Block
    let gradients: Block
    let attention: WindowAttention
    let scratch: PassScratch
    /// Of what each half adds to the residual stream.
    let residualDropout: Dropout?

    /// Computes what the backward pass needs from `kept.input`, and the block's output [N, C], which
    /// is nil where only what is kept is wanted.
    func forward(
        _ kept: BlockActivations, into output: Matrix?, at place: BatchPlace, on pool: ThreadPool
    ) {
        let normed = scratch.normed(rows: place.rowCount)
        layerNorm(kept.input, weights.norm1, into: normed, on: pool)
        weights.attention.apply(normed, into: kept.qkv, on: pool)
        attention.forward(kept.qkv, into: kept.attended, layer: layer, at: place, on: pool)
        weights.attentionOutput.apply(kept.attended, into: kept.middle, on: pool)
        place.drop(
            kept.middle, by: residualDropout, at: .attentionOutput(layer: layer), on: pool)
        add(kept.input, to: kept.middle, on: pool)

        layerNorm(kept.middle, weights.norm2, into: normed, on: pool)
        weights.hidden.apply(normed, into: kept.hidden, on: pool)
        guard let output else { return }
        let activated = scratch.activated(rows: place.rowCount)
        gelu(kept.hidden, into: activated, on: pool)
        weights.hiddenOutput.apply(activated, into: output, on: pool)
        place.drop(output, by: residualDropout, at: .hiddenOutput(layer: layer), on: pool)
        add(kept.middle, to: output, on: pool)
    }

    /// Adds this block's gradients, and makes `gradient` [N, C], by the block's output, the one by
    /// its input.
    func backward(
        _ kept: BlockActivations, gradient: Matrix, at place: BatchPlace, on pool: ThreadPool
    ) {
        let rows = place.rowCount
        let normed = scratch.normed(rows: rows)
        let normedGradient = scratch.normedGradient(rows: rows)

        var branch = branchGradient(gradient, from: .hiddenOutput(layer: layer), place, pool)
        let activated = scratch.activated(rows: rows)
        gelu(kept.hidden, into: activated, on: pool)
        let hiddenGradient = scratch.wideGradient(rows: rows, multiple: 4)
        weights.hiddenOutput.backward(
            input: activated, outputGradient: branch, inputGradient: hiddenGradient,
            gradients: gradients.hiddenOutput, on: pool)
        geluBackward(kept.hidden, gradient: hiddenGradient, on: pool)
        layerNorm(kept.middle, weights.norm2, into: normed, on: pool)
        weights.hidden.backward(
            input: normed, outputGradient: hiddenGradient, inputGradient: normedGradient,
            gradients: gradients.hidden, on: pool)
        layerNormBackward(
            kept.middle, weights.norm2, outputGradient: normedGradient, inputGradient: gradient,
            parameterGradients: gradients.norm2, statistics: scratch.statistics, on: pool)

        branch = branchGradient(gradient, from: .attentionOutput(layer: layer), place, pool)
        weights.attentionOutput.backward(
            input: kept.attended, outputGradient: branch, inputGradient: normedGradient,
            gradients: gradients.attentionOutput, on: pool)
        let qkvGradient = scratch.wideGradient(rows: rows, multiple: 3)
        attention.backward(
            kept.qkv, outputGradient: normedGradient, into: qkvGradient, layer: layer, at: place,
            on: pool)
        layerNorm(kept.input, weights.norm1, into: normed, on: pool)
        weights.attention.backward(
            input: normed, outputGradient: qkvGradient, inputGradient: normedGradient,
            gradients: gradients.attention, on: pool)
        layerNormBackward(
            kept.input, weights.norm1, outputGradient: normedGradient, inputGradient: gradient,
            parameterGradients: gradients.norm1, statistics: scratch.statistics, on: pool)
    }

    /// The gradient as it enters a half of the block: what the half's dropout let through.
    private func branchGradient(
        _ gradient: Matrix, from site: DropoutSite, _ place: BatchPlace, _ pool: ThreadPool
    ) -> Matrix {
        guard residualDropout != nil else { return gradient }
        let branch = scratch.branchGradient(rows: place.rowCount)
        branch.base.update(from: gradient.base, count: gradient.floats.count)
        place.drop(branch, by: residualDropout, at: site, on: pool)
        return branch
    }
}

extension Linear {
    /// Adds the gradients by weight and bias, and gives the one by the input.
    ///
    /// - Parameters:
    ///   - input: [N, in], as `apply` was given.
    ///   - outputGradient: [N, out].
    ///   - inputGradient: [N, in]; what was there is lost.
    ///   - gradients: added to.
    ///   - pool: does the arithmetic.
    func backward(
        input: Matrix, outputGradient: Matrix, inputGradient: Matrix, gradients: Linear,
        on pool: ThreadPool
    ) {
        multiplyTransposed(input, outputGradient, into: gradients.weight, adding: true, on: pool)
        addColumnSums(of: outputGradient, to: gradients.bias, on: pool)
        multiply(outputGradient, weight, .transposed, into: inputGradient, on: pool)
    }
}
