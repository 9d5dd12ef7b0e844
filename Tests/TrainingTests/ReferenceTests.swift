import TestSupport
import Testing

/// The references themselves, held to finite differences in double precision.
@Suite struct ReferenceTests {
    /// Far above what rounding leaves of a central difference, far below any wrong gradient.
    private let tolerance = 1e-7
    private var generator = SeededGenerator(seed: 11)

    /// The loss that has `c` as its gradient by `y`.
    private func weighted(_ y: Grid, _ c: Grid) -> Double { (y * c).values.reduce(0, +) }

    @Test mutating func aLinearLayer() {
        let (x, w, b) = (random(3, 5), random(5, 4), random(1, 4))
        let c = random(3, 4)
        let d = ReferenceLinear.backward(x, weight: w, gradient: c)
        expectSlope(x, d.x) { weighted(ReferenceLinear.forward($0, weight: w, bias: b), c) }
        expectSlope(w, d.weight) { weighted(ReferenceLinear.forward(x, weight: $0, bias: b), c) }
        expectSlope(b, d.bias) { weighted(ReferenceLinear.forward(x, weight: w, bias: $0), c) }
    }

    @Test mutating func aLayerNorm() {
        let (x, gain, bias) = (random(3, 7), random(1, 7), random(1, 7))
        let c = random(3, 7)
        let d = ReferenceLayerNorm.backward(x, gain: gain, gradient: c)
        expectSlope(x, d.x) { weighted(ReferenceLayerNorm.forward($0, gain: gain, bias: bias), c) }
        expectSlope(gain, d.gain) {
            weighted(ReferenceLayerNorm.forward(x, gain: $0, bias: bias), c)
        }
        expectSlope(bias, d.bias) {
            weighted(ReferenceLayerNorm.forward(x, gain: gain, bias: $0), c)
        }
    }

    @Test func aGELU() {
        let x = Grid(1, 41, (-20...20).map { Double($0) / 4 })
        let d = Grid(1, 41, x.values.map { ReferenceGELU.backward($0, gradient: 1) })
        expectSlope(x, d) { $0.values.map(ReferenceGELU.forward).reduce(0, +) }
    }

    @Test mutating func aSoftmax() {
        let (x, c) = (random(1, 9), random(1, 9))
        let p = ReferenceSoftmax.forward(x.values, scale: 0.7)
        let d = Grid(1, 9, ReferenceSoftmax.backward(p, gradient: c.values, scale: 0.7))
        expectSlope(x, d) {
            weighted(Grid(1, 9, ReferenceSoftmax.forward($0.values, scale: 0.7)), c)
        }
    }

    @Test mutating func aCrossEntropyWithTargetsThatDoNotCount() {
        let logits = Grid.random(4, 6, in: -3...3, using: &generator)
        let targets = [2, -1, 0, 5]
        let d = ReferenceCrossEntropy.backward(logits, targets: targets)
        expectSlope(logits, d) { ReferenceCrossEntropy.forward($0, targets: targets) }
        #expect(d.row(1).allSatisfy { $0 == 0 })
    }

    @Test mutating func attentionWithDropout() {
        let (qkv, c) = (random(5, 18), random(5, 6))
        let factors = (0..<2).map { _ in Grid.random(5, 5, in: 0...2, using: &generator) }
        let d = ReferenceAttention.backward(qkv, factors: factors, gradient: c)
        expectSlope(qkv, d) { weighted(ReferenceAttention.forward($0, factors: factors), c) }
    }

    /// With factors as dropout makes them, every tensor of the model, a sample of each.
    @Test mutating func aWholeModel() throws {
        let model = SmallReference.model(&generator)
        let (inputs, targets) = ([3, 1, 4, 1, 5], [1, -1, 1, 5, 9])
        var factors = SmallReference.factors
        for layer in 0..<2 {
            factors.attentionOutput[layer] = Grid.random(5, 6, in: 0...2, using: &generator)
            factors.hiddenOutput[layer] = Grid.random(5, 6, in: 0...2, using: &generator)
            factors.attention[layer] = (0..<2).map { _ in
                Grid.random(5, 5, in: 0...2, using: &generator)
            }
        }
        factors.embedding = Grid.random(5, 6, in: 0...2, using: &generator)
        let gradients = model.gradients(inputs, targets: targets, factors: factors)
        #expect(gradients.keys.sorted() == model.tensors.keys.sorted())
        for (name, tensor) in model.tensors {
            let gradient = try #require(gradients[name])
            let sample = Array(tensor.values.indices.shuffled(using: &generator).prefix(12))
            let distance = distanceFromSlope(
                at: tensor.values, gradient: gradient.values, indices: sample
            ) { values in
                var changed = model
                changed.tensors[name] = Grid(tensor.rows, tensor.columns, values)
                return changed.loss(inputs, targets: targets, factors: factors)
            }
            // Keys' biases move all scores of a query alike: their gradient is 0, and its slope
            // nothing but rounding.
            #expect(distance < 1e-5, "\(name)")
        }
    }

    private mutating func random(_ rows: Int, _ columns: Int) -> Grid {
        Grid.random(rows, columns, using: &generator)
    }

    private func expectSlope(
        _ point: Grid, _ gradient: Grid, sourceLocation: SourceLocation = #_sourceLocation,
        of function: (Grid) -> Double
    ) {
        let distance = distanceFromSlope(at: point.values, gradient: gradient.values) {
            function(Grid(point.rows, point.columns, $0))
        }
        #expect(distance < tolerance, sourceLocation: sourceLocation)
    }
}

/// A model of two layers of 6 with two heads, ten tokens and a window of 5.
enum SmallReference {
    static let factors = ReferenceModel.Factors(length: 5, width: 6, headCount: 2, layerCount: 2)

    static func model(_ generator: inout SeededGenerator) -> ReferenceModel {
        var tensors = ["wte.weight": (10, 6), "wpe.weight": (5, 6)]
        for layer in 0..<2 {
            for (name, shape) in [
                "ln_1.weight": (1, 6), "ln_1.bias": (1, 6), "attn.c_attn.weight": (6, 18),
                "attn.c_attn.bias": (1, 18), "attn.c_proj.weight": (6, 6),
                "attn.c_proj.bias": (1, 6), "ln_2.weight": (1, 6), "ln_2.bias": (1, 6),
                "mlp.c_fc.weight": (6, 24), "mlp.c_fc.bias": (1, 24),
                "mlp.c_proj.weight": (24, 6), "mlp.c_proj.bias": (1, 6),
            ] { tensors["h.\(layer).\(name)"] = shape }
        }
        tensors["ln_f.weight"] = (1, 6)
        tensors["ln_f.bias"] = (1, 6)
        var grids: [String: Grid] = [:]
        // In the order of names: a dictionary's own differs from run to run.
        for (name, shape) in tensors.sorted(by: { $0.key < $1.key }) {
            grids[name] = Grid.random(shape.0, shape.1, using: &generator)
        }
        return ReferenceModel(grids, headCount: 2, layerCount: 2)
    }
}
