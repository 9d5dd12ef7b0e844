import CKernels
import TestSupport
import Testing

/// The kernels of the backward pass, held to the references of `Tests/TestSupport/Reference`.
@Suite struct BackwardKernelTests {
    /// Widths around the kernels' vectors, and larger.
    static let widths = [1, 2, 7, 15, 16, 17, 31, 33, 80, 257, 768]

    @Test(arguments: widths, levels)
    func layerNormBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -3...5)
        let norm = LayerNormRow(
            x: x, gain: random.floats(width, in: 0.5...1.5),
            outputGradient: random.floats(width, in: -1...1),
            old: random.floats(width, in: -1...1))
        let (input, statistics, isTight) = norm.inputGradient(level)
        let expected = norm.expectedInputGradient
        #expect(distance(input, expected) <= 4e-6 * max(1, magnitude(expected)))
        #expect(isTight)
        let reference = ReferenceLayerNorm.statistics(of: x.map(Double.init))
        #expect(abs(Double(statistics.mean) - reference.mean) <= 1e-6 * magnitude(x))
        #expect(abs(Double(statistics.scale) - reference.scale) <= 2e-6 * reference.scale)
    }

    @Test(arguments: levels)
    func layerNormBackwardOfALargeMeanKeepsItsPrecision(level: dixie_level) {
        var random = SeededGenerator(seed: 1)
        let norm = LayerNormRow(
            x: (0..<768).map { 1000 + Float($0 % 7) }, gain: [Float](repeating: 1, count: 768),
            outputGradient: random.floats(768, in: -1...1),
            old: [Float](repeating: 0, count: 768))
        let expected = norm.expectedInputGradient
        #expect(distance(norm.inputGradient(level).input, expected) <= 1e-4 * magnitude(expected))
    }

    @Test(arguments: widths, levels)
    func layerNormBackwardOfARowOfEqualsIsWhatEpsilonLeaves(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let norm = LayerNormRow(
            x: [Float](repeating: 3, count: width), gain: random.floats(width, in: 0.5...1.5),
            outputGradient: random.floats(width, in: -1...1),
            old: [Float](repeating: 0, count: width))
        let (input, statistics, _) = norm.inputGradient(level)
        #expect(statistics.mean == 3)
        // 1 / √1e-5 times numbers of size 1.
        #expect(distance(input, norm.expectedInputGradient) <= 316 * 2e-6)
    }

    @Test(arguments: widths, levels)
    func layerNormParametersBackwardAddsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -3...5)
        let outputGradient = random.floats(width, in: -1...1)
        var gain = GuardedRow(random.floats(width, in: -1...1))
        var bias = GuardedRow(random.floats(width, in: -1...1))
        let statistics = dixie_row_statistics(mean: 0.75, scale: 0.4)
        let expectedGain = gain.doubles.indices.map {
            gain.doubles[$0] + Double(outputGradient[$0])
                * ((Double(x[$0]) - 0.75) * Double(statistics.scale))
        }
        let expectedBias = zip(bias.doubles, outputGradient).map { $0 + Double($1) }
        dixie_layer_norm_parameters_backward(
            level, x, outputGradient, statistics, &gain.floats, &bias.floats, width)
        #expect(distance(gain.row, expectedGain) <= 5e-7)
        #expect(distance(bias.row, expectedBias) <= 5e-7)
        #expect(gain.isBehindUntouched && bias.isBehindUntouched)
    }

    @Test(arguments: widths, levels)
    func geluApartGivesTheBitsOfGeluAndLeavesItsInput(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -8...8)
        var inPlace = x
        dixie_gelu(level, &inPlace, width)
        var y = GuardedRow([Float](repeating: .nan, count: width))
        dixie_gelu_apart(level, x, &y.floats, width)
        #expect(y.row.map(\.bitPattern) == inPlace.map(\.bitPattern))
        #expect(distance(y.row, x.map { ReferenceGELU.forward(Double($0)) }) <= 8e-6)
        #expect(y.isBehindUntouched)
    }

    @Test(arguments: widths, levels)
    func geluBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        // Near 5 the rest of the gate to 1, of which a float keeps few digits, is multiplied by 30.
        for (range, tolerance) in [(Float(-2)...2, 5e-7), (-8...8, 3e-6)] {
            let x = random.floats(width, in: range)
            var gradient = GuardedRow(random.floats(width, in: -1...1))
            let expected = zip(x, gradient.doubles).map {
                ReferenceGELU.backward(Double($0), outputGradient: $1)
            }
            dixie_gelu_backward(level, x, &gradient.floats, width)
            #expect(distance(gradient.row, expected) <= tolerance)
            #expect(gradient.isBehindUntouched)
        }
    }

    @Test(arguments: levels) func geluBackwardOfExtremesIsZeroOrOne(level: dixie_level) {
        let x: [Float] = [-1e4, -100, -16, 0, 16, 100, 1e4, -1e15, 1e15, -1e30, 1e30]
        var gradient = [Float](repeating: 1, count: x.count)
        dixie_gelu_backward(level, x, &gradient, x.count)
        let expected = x.map { ReferenceGELU.backward(Double($0), outputGradient: 1) }
        #expect(distance(gradient, expected) <= 1e-6)
        var broken: [Float] = [1]
        dixie_gelu_backward(level, [.nan], &broken, 1)
        #expect(broken[0].isNaN, "what is not a number may not look like one again")
    }

    @Test(arguments: widths, levels)
    func softmaxBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let p = ReferenceSoftmax.forward(random.doubles(width, in: -5...5)).map { Float($0) }
        var gradient = GuardedRow(random.floats(width, in: -2...2))
        let expected = ReferenceSoftmax.backward(
            p.map(Double.init), outputGradient: gradient.doubles, scale: 0.125)
        dixie_softmax_backward(level, p, &gradient.floats, width, 0.125)
        #expect(distance(gradient.row, expected) <= 2e-7)
        #expect(gradient.isBehindUntouched)
    }

    @Test(arguments: widths, levels)
    func softmaxBackwardOfACertainRowIsZero(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        var p = [Float](repeating: 0, count: width)
        p[width / 2] = 1
        var gradient = random.floats(width, in: -1e4...1e4)
        dixie_softmax_backward(level, p, &gradient, width, 1)
        #expect(gradient.allSatisfy { $0 == 0 })
    }
}

/// What a layer norm's backward kernel is given.
private struct LayerNormRow {
    let x, gain, outputGradient: [Float]
    /// The gradient that is added to.
    let old: [Float]

    func inputGradient(
        _ level: dixie_level
    ) -> (input: [Float], statistics: dixie_row_statistics, isTight: Bool) {
        var gradient = GuardedRow(old)
        var statistics = dixie_row_statistics(mean: .nan, scale: .nan)
        dixie_layer_norm_backward(
            level, x, gain, outputGradient, &gradient.floats, &statistics, x.count)
        return (gradient.row, statistics, gradient.isBehindUntouched)
    }

    var expectedInputGradient: [Double] {
        func row(_ floats: [Float]) -> DoubleMatrix {
            DoubleMatrix(rows: 1, columns: floats.count, values: floats.map(Double.init))
        }
        let norm = ReferenceLayerNorm(
            gain: row(gain).values, bias: [Double](repeating: 0, count: gain.count))
        let gradients = norm.backward(row(x), outputGradient: row(outputGradient))
        return (row(old) + gradients.input).values
    }
}
