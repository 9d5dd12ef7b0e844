import TestSupport
import Testing

/// The reference of what works on single rows, held to finite differences.
@Suite struct RowReferenceTests {
    static let widths = [1, 2, 7, 17]
    static let tolerance = 1e-6

    @Test(arguments: widths) func layerNormsGradientsAreItsSlopes(width: Int) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.matrix(3, width, in: -3...5)
        let norm = ReferenceLayerNorm(
            gain: random.doubles(width, in: 0.5...1.5), bias: random.doubles(width))
        let weights = random.matrix(3, width)
        let gradients = norm.backward(x, outputGradient: weights)
        func loss(_ norm: ReferenceLayerNorm, _ x: DoubleMatrix) -> Double {
            weightedSum(norm.forward(x).values, by: weights.values)
        }
        let byInput = slopes(
            of: { loss(norm, DoubleMatrix(rows: 3, columns: width, values: $0)) }, at: x.values)
        #expect(relativeError(of: gradients.input.values, from: byInput) <= Self.tolerance)
        let byGain = slopes(
            of: { loss(ReferenceLayerNorm(gain: $0, bias: norm.bias), x) }, at: norm.gain)
        #expect(relativeError(of: gradients.parameters.gain, from: byGain) <= Self.tolerance)
        let byBias = slopes(
            of: { loss(ReferenceLayerNorm(gain: norm.gain, bias: $0), x) }, at: norm.bias)
        #expect(relativeError(of: gradients.parameters.bias, from: byBias) <= Self.tolerance)
    }

    @Test func gelusGradientIsItsSlope() {
        let points = (-60...60).map { Double($0) / 10 }
        for x in points {
            let slope = slopes(of: { ReferenceGELU.forward($0[0]) }, at: [x])
            let gradient = ReferenceGELU.backward(x, outputGradient: 0.7)
            #expect(relativeError(of: [gradient], from: slope.map { 0.7 * $0 }) <= Self.tolerance)
        }
    }

    @Test(arguments: widths, [1, 0.125, 3]) func softmaxsGradientIsItsSlope(
        width: Int, scale: Double
    ) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.doubles(width, in: -2...2)
        let weights = random.doubles(width)
        let gradient = ReferenceSoftmax.backward(
            ReferenceSoftmax.forward(x, scale: scale), outputGradient: weights, scale: scale)
        let expected = slopes(
            of: { weightedSum(ReferenceSoftmax.forward($0, scale: scale), by: weights) }, at: x)
        #expect(relativeError(of: gradient, from: expected) <= Self.tolerance)
    }

    @Test(arguments: widths) func crossEntropysGradientIsItsSlope(width: Int) {
        var random = SeededGenerator(seed: UInt64(width))
        let logits = random.matrix(4, width, in: -3...3)
        let targets: [Int32] = [0, -1, Int32(width - 1), Int32(width / 2)]
        let gradient = ReferenceCrossEntropy.backward(logits, targets: targets, scale: 0.3)
        let expected = slopes(
            of: {
                let logits = DoubleMatrix(rows: 4, columns: width, values: $0)
                return 0.3
                    * ReferenceCrossEntropy.forward(logits, targets: targets).reduce(0, +)
            }, at: logits.values)
        #expect(relativeError(of: gradient.values, from: expected) <= Self.tolerance)
        #expect(gradient[1].allSatisfy { $0 == 0 })
    }
}
