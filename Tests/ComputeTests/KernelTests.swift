import CKernels
import TestSupport
import Testing

/// Every instruction set this machine has.
let levels: [dixie_level] = (0...dixie_cpu_level().rawValue).map { dixie_level(rawValue: $0) }
    .filter { dixie_level_name($0) != nil }

@Suite struct KernelTests {
    /// Widths around the kernels' vectors, and GPT-2's own.
    static let widths = [1, 2, 15, 16, 17, 31, 33, 48, 80, 768, 1000]

    @Test(arguments: widths, levels)
    func layerNormEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -3...5)
        let gain = random.floats(width, in: 0.5...1.5)
        let bias = random.floats(width, in: -1...1)
        var fast = [Float](repeating: .nan, count: width)
        var reference = fast
        dixie_layer_norm(level, x, gain, bias, &fast, width)
        dixie_layer_norm_reference(x, gain, bias, &reference, width)
        #expect(distance(fast, reference) <= 2e-6 * magnitude(reference))
    }

    @Test(arguments: levels) func layerNormOfARowWithALargeMeanKeepsItsPrecision(
        level: dixie_level
    ) {
        let x = (0..<768).map { 1000 + Float($0 % 7) }
        let gain = [Float](repeating: 1, count: 768)
        let bias = [Float](repeating: 0, count: 768)
        var fast = bias
        var reference = bias
        dixie_layer_norm(level, x, gain, bias, &fast, 768)
        dixie_layer_norm_reference(x, gain, bias, &reference, 768)
        #expect(distance(fast, reference) < 1e-4)
    }

    @Test(arguments: widths, levels)
    func geluEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        var fast = random.floats(width, in: -8...8)
        var reference = fast
        dixie_gelu(level, &fast, width)
        dixie_gelu_reference(&reference, width)
        #expect(distance(fast, reference) <= 1e-6 * max(1, magnitude(reference)))
    }

    @Test(arguments: levels) func geluOfExtremesIsZeroOrTheNumberItself(level: dixie_level) {
        var x: [Float] = [-1e30, -100, -0.0, 0, 100, 1e30]
        dixie_gelu(level, &x, x.count)
        #expect(abs(x[0]) < 1e-3 && abs(x[1]) < 1e-30)
        #expect(x[2] == 0 && x[3] == 0 && x[4] == 100 && x[5] == 1e30)
    }

    @Test(arguments: widths, levels)
    func softmaxEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        var fast = random.floats(width, in: -30...30)
        var reference = fast
        dixie_softmax(level, &fast, width, 0.125)
        dixie_softmax_reference(&reference, width, 0.125)
        #expect(distance(fast, reference) <= 1e-6)
        #expect(abs(fast.reduce(0, +) - 1) < 1e-5)
    }

    @Test(arguments: levels) func softmaxSurvivesLogitsFarApart(level: dixie_level) {
        var x: [Float] = [1e20, -1e20, 1e20, 0]
        dixie_softmax(level, &x, 4, 1)
        #expect(x[0] == 0.5 && x[2] == 0.5 && x[1] < 1e-30 && x[3] < 1e-30)
    }

    @Test(arguments: widths, levels)
    func addingTouchesOnlyItsRow(width: Int, level: dixie_level) {
        let x = [Float](repeating: 2, count: width)
        var y = [Float](repeating: 1, count: width + 1)
        dixie_add(level, x, &y, width)
        #expect(y.dropLast().allSatisfy { $0 == 3 } && y.last == 1)
    }
}
