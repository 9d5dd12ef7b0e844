import TestSupport

/// One block over one window; or its gradients.
struct ReferenceBlock {
    let headCount: Int
    var norm1: ReferenceLayerNorm
    var attention: ReferenceLinear
    var attentionOutput: ReferenceLinear
    var norm2: ReferenceLayerNorm
    var hidden: ReferenceLinear
    var hiddenOutput: ReferenceLinear

    /// [T, C] to [T, C]
    func forward(_ x: DoubleMatrix, masks: ReferenceMasks.InBlock) -> DoubleMatrix {
        let values = values(x, masks: masks)
        return values.middle
            + hiddenOutput.forward(values.activated).dropped(by: masks.hiddenOutput)
    }

    /// - Returns: the gradients by `x` and by the block's twelve tensors.
    func backward(
        _ x: DoubleMatrix, masks: ReferenceMasks.InBlock, outputGradient: DoubleMatrix
    ) -> (input: DoubleMatrix, parameters: ReferenceBlock) {
        let values = values(x, masks: masks)
        var gradients = self
        var branch = outputGradient.dropped(by: masks.hiddenOutput)
        (branch, gradients.hiddenOutput) = hiddenOutput.backward(
            values.activated, outputGradient: branch)
        branch = ReferenceGELU.backward(values.hidden, outputGradient: branch)
        (branch, gradients.hidden) = hidden.backward(values.normed2, outputGradient: branch)
        (branch, gradients.norm2) = norm2.backward(values.middle, outputGradient: branch)
        let middle = outputGradient + branch

        branch = middle.dropped(by: masks.attentionOutput)
        (branch, gradients.attentionOutput) = attentionOutput.backward(
            values.attended, outputGradient: branch)
        branch = ReferenceAttention(headCount: headCount).backward(
            values.qkv, masks: masks.attention, outputGradient: branch)
        (branch, gradients.attention) = attention.backward(values.normed1, outputGradient: branch)
        (branch, gradients.norm1) = norm1.backward(x, outputGradient: branch)
        return (middle + branch, gradients)
    }

    /// What stands between the input and the output.
    private struct Values {
        let normed1, qkv, attended, middle, normed2, hidden, activated: DoubleMatrix
    }

    private func values(_ x: DoubleMatrix, masks: ReferenceMasks.InBlock) -> Values {
        let normed1 = norm1.forward(x)
        let qkv = attention.forward(normed1)
        let attended = ReferenceAttention(headCount: headCount).forward(
            qkv, masks: masks.attention)
        let middle = x + attentionOutput.forward(attended).dropped(by: masks.attentionOutput)
        let normed2 = norm2.forward(middle)
        let hidden = hidden.forward(normed2)
        return Values(
            normed1: normed1, qkv: qkv, attended: attended, middle: middle, normed2: normed2,
            hidden: hidden, activated: ReferenceGELU.forward(hidden))
    }
}
