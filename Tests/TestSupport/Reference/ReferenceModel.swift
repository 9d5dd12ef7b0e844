/// A whole GPT-2 in double precision, for one window: the loss, and its gradients by every tensor.
public struct ReferenceModel: Sendable {
    /// By Hugging Face's names; vectors are one row.
    public var tensors: [String: Grid]
    public let headCount: Int
    public let layerCount: Int

    /// What dropout multiplies by, everywhere: 1 where there is none.
    public struct Factors: Sendable {
        public var embedding: Grid
        /// For each layer, for each head, [T, T].
        public var attention: [[Grid]]
        /// For each layer, of what each half adds.
        public var attentionOutput: [Grid]
        public var hiddenOutput: [Grid]

        /// No dropout.
        public init(length: Int, width: Int, headCount: Int, layerCount: Int) {
            let row = Grid(length, width, [Double](repeating: 1, count: length * width))
            let square = Grid(length, length, [Double](repeating: 1, count: length * length))
            embedding = row
            attention = Array(
                repeating: Array(repeating: square, count: headCount), count: layerCount)
            attentionOutput = Array(repeating: row, count: layerCount)
            hiddenOutput = attentionOutput
        }
    }

    public init(_ tensors: [String: Grid], headCount: Int, layerCount: Int) {
        self.tensors = tensors
        self.headCount = headCount
        self.layerCount = layerCount
    }

    /// What the backward pass needs of one block.
    private struct Kept {
        let input, normed, qkv, attended, middle, normed2, hidden, activated: Grid
    }

    /// - Returns: the sum of the cross-entropy over all targets that are not negative.
    public func loss(_ inputs: [Int], targets: [Int], factors: Factors) -> Double {
        ReferenceCrossEntropy.forward(forward(inputs, factors).logits, targets: targets)
    }

    public func gradients(
        _ inputs: [Int], targets: [Int], factors: Factors
    ) -> [String: Grid] {
        let (kept, last, normed, logits) = forward(inputs, factors)
        var gradients: [String: Grid] = [:]
        let dLogits = ReferenceCrossEntropy.backward(logits, targets: targets)
        gradients["wte.weight"] = dLogits.transposed.times(normed)
        let end = ReferenceLayerNorm.backward(
            last, gain: self["ln_f.weight"], gradient: dLogits.times(self["wte.weight"]))
        gradients["ln_f.weight"] = end.gain
        gradients["ln_f.bias"] = end.bias
        var d = end.x
        for layer in (0..<layerCount).reversed() {
            d = backward(kept[layer], layer: layer, factors, gradient: d, into: &gradients)
        }
        d = d * factors.embedding
        var tokens = gradients["wte.weight"] ?? Grid(0, 0)
        var positions = Grid(self["wpe.weight"].rows, d.columns)
        for (row, token) in inputs.enumerated() {
            for column in 0..<d.columns {
                tokens[token, column] += d[row, column]
                positions[row, column] += d[row, column]
            }
        }
        gradients["wte.weight"] = tokens
        gradients["wpe.weight"] = positions
        return gradients
    }

    private subscript(name: String) -> Grid { tensors[name] ?? Grid(0, 0) }

    private func linear(_ x: Grid, _ name: String) -> Grid {
        ReferenceLinear.forward(x, weight: self[name + ".weight"], bias: self[name + ".bias"])
    }

    private func norm(_ x: Grid, _ name: String) -> Grid {
        ReferenceLayerNorm.forward(x, gain: self[name + ".weight"], bias: self[name + ".bias"])
    }

    private func forward(
        _ inputs: [Int], _ factors: Factors
    ) -> (kept: [Kept], last: Grid, normed: Grid, logits: Grid) {
        var x = Grid(inputs.count, self["wte.weight"].columns)
        for (row, token) in inputs.enumerated() {
            for column in 0..<x.columns {
                x[row, column] = self["wte.weight"][token, column] + self["wpe.weight"][row, column]
            }
        }
        x = x * factors.embedding
        var kept: [Kept] = []
        for layer in 0..<layerCount {
            let name = "h.\(layer)."
            let normed = norm(x, name + "ln_1")
            let qkv = linear(normed, name + "attn.c_attn")
            let attended = ReferenceAttention.forward(qkv, factors: factors.attention[layer])
            let middle = x + linear(attended, name + "attn.c_proj") * factors.attentionOutput[layer]
            let normed2 = norm(middle, name + "ln_2")
            let hidden = linear(normed2, name + "mlp.c_fc")
            let activated = Grid(
                hidden.rows, hidden.columns, hidden.values.map(ReferenceGELU.forward))
            kept.append(
                Kept(
                    input: x, normed: normed, qkv: qkv, attended: attended, middle: middle,
                    normed2: normed2, hidden: hidden, activated: activated))
            x = middle + linear(activated, name + "mlp.c_proj") * factors.hiddenOutput[layer]
        }
        let normed = norm(x, "ln_f")
        return (kept, x, normed, normed.times(self["wte.weight"].transposed))
    }

    private func backward(
        _ kept: Kept, layer: Int, _ factors: Factors, gradient: Grid,
        into gradients: inout [String: Grid]
    ) -> Grid {
        let name = "h.\(layer)."
        func linear(_ x: Grid, _ part: String, _ gradient: Grid) -> Grid {
            let d = ReferenceLinear.backward(
                x, weight: self[name + part + ".weight"], gradient: gradient)
            gradients[name + part + ".weight"] = d.weight
            gradients[name + part + ".bias"] = d.bias
            return d.x
        }
        func norm(_ x: Grid, _ part: String, _ gradient: Grid) -> Grid {
            let d = ReferenceLayerNorm.backward(
                x, gain: self[name + part + ".weight"], gradient: gradient)
            gradients[name + part + ".weight"] = d.gain
            gradients[name + part + ".bias"] = d.bias
            return d.x
        }
        var d = linear(kept.activated, "mlp.c_proj", gradient * factors.hiddenOutput[layer])
        for index in d.values.indices {
            d.values[index] = ReferenceGELU.backward(
                kept.hidden.values[index], gradient: d.values[index])
        }
        let middle = gradient + norm(kept.middle, "ln_2", linear(kept.normed2, "mlp.c_fc", d))
        let attended = linear(kept.attended, "attn.c_proj", middle * factors.attentionOutput[layer])
        let qkv = ReferenceAttention.backward(
            kept.qkv, factors: factors.attention[layer], gradient: attended)
        return middle + norm(kept.input, "ln_1", linear(kept.normed, "attn.c_attn", qkv))
    }
}
