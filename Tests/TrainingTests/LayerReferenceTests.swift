import TestSupport
import Testing

/// The reference of a model's layers, held to finite differences by every element.
@Suite struct LayerReferenceTests {
    static let tolerance = 1e-6

    @Test(arguments: [(1, 1, 1), (3, 5, 7), (5, 7, 2)]) func theLinearLayersGradientsAreItsSlopes(
        rows: Int, input: Int, output: Int
    ) {
        var random = SeededGenerator(seed: 1)
        let x = random.matrix(rows, input)
        let linear = ReferenceLinear(
            weight: random.matrix(input, output), bias: random.doubles(output))
        let weights = random.matrix(rows, output)
        func loss(_ linear: ReferenceLinear, _ x: DoubleMatrix) -> Double {
            weightedSum(linear.forward(x).values, by: weights.values)
        }
        let gradients = linear.backward(x, outputGradient: weights)
        let byInput = slopes(
            of: { loss(linear, DoubleMatrix(rows: rows, columns: input, values: $0)) },
            at: x.values)
        #expect(relativeError(of: gradients.input.values, from: byInput) <= Self.tolerance)
        let byWeight = slopes(
            of: {
                let weight = DoubleMatrix(rows: input, columns: output, values: $0)
                return loss(ReferenceLinear(weight: weight, bias: linear.bias), x)
            }, at: linear.weight.values)
        #expect(
            relativeError(of: gradients.parameters.weight.values, from: byWeight)
                <= Self.tolerance)
        let byBias = slopes(
            of: { loss(ReferenceLinear(weight: linear.weight, bias: $0), x) }, at: linear.bias)
        #expect(relativeError(of: gradients.parameters.bias, from: byBias) <= Self.tolerance)
    }

    @Test func aMasksGradientIsItsSlope() {
        var random = SeededGenerator(seed: 2)
        let x = random.matrix(3, 5)
        let mask = SampleMasks.matrix(3, 5, &random)
        let weights = random.matrix(3, 5)
        let expected = slopes(
            of: {
                let x = DoubleMatrix(rows: 3, columns: 5, values: $0)
                return weightedSum(x.dropped(by: mask).values, by: weights.values)
            }, at: x.values)
        #expect(
            relativeError(of: weights.dropped(by: mask).values, from: expected) <= Self.tolerance)
        #expect(expected.contains { $0 == 0 } && expected.contains { $0 != 0 })
    }

    @Test(arguments: [(1, 1, 1), (5, 1, 3), (4, 3, 5), (7, 2, 1)], [false, true])
    func attentionsGradientIsItsSlope(_ size: (length: Int, heads: Int, width: Int), drops: Bool) {
        var random = SeededGenerator(seed: 3)
        let columns = 3 * size.heads * size.width
        let qkv = random.matrix(size.length, columns, in: -2...2)
        let weights = random.matrix(size.length, columns / 3)
        let masks =
            drops
            ? (0..<size.heads).map { _ in SampleMasks.matrix(size.length, size.length, &random) }
            : nil
        let attention = ReferenceAttention(headCount: size.heads)
        let gradient = attention.backward(qkv, masks: masks, outputGradient: weights)
        let expected = slopes(
            of: {
                let qkv = DoubleMatrix(rows: size.length, columns: columns, values: $0)
                return weightedSum(
                    attention.forward(qkv, masks: masks).values, by: weights.values)
            }, at: qkv.values)
        #expect(relativeError(of: gradient.values, from: expected) <= Self.tolerance)
    }

    @Test func embeddingsGradientsAreTheirSlopes() {
        var random = SeededGenerator(seed: 4)
        let tokens: [Int32] = [2, 0, 2]
        let embedding = ReferenceEmbedding(
            token: random.matrix(4, 5), position: random.matrix(6, 5))
        let weights = random.matrix(3, 5)
        let gradients = embedding.backward(tokens, outputGradient: weights)
        func loss(_ embedding: ReferenceEmbedding) -> Double {
            weightedSum(embedding.forward(tokens).values, by: weights.values)
        }
        var changed = embedding
        let byToken = slopes(
            of: {
                changed.token.values = $0
                return loss(changed)
            }, at: embedding.token.values)
        changed = embedding
        let byPosition = slopes(
            of: {
                changed.position.values = $0
                return loss(changed)
            }, at: embedding.position.values)
        #expect(relativeError(of: gradients.token.values, from: byToken) <= Self.tolerance)
        #expect(relativeError(of: gradients.position.values, from: byPosition) <= Self.tolerance)
    }
}
