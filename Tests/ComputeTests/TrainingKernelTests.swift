import CKernels
import Compute
import TestSupport
import Testing

/// The kernels that only training needs, held to their references at every level of this machine.
@Suite struct TrainingKernelTests {
    static let widths = [1, 2, 7, 16, 17, 80, 257, 768]

    @Test(arguments: widths, levels)
    func layerNormBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -3...5)
        let gain = random.floats(width, in: 0.5...1.5)
        let d = random.floats(width, in: -1...1)
        let start = random.floats(width, in: -1...1)
        var (dx, dGain, dBias) = (start, start, start)
        var statistics = dixie_row_statistics()
        dixie_layer_norm_backward(level, x, gain, d, &dx, &statistics, width)
        dixie_layer_norm_parameters_backward(level, x, d, statistics, &dGain, &dBias, width)
        let expected = ReferenceLayerNorm.backward(grid(x), gain: grid(gain), gradient: grid(d))
        for (ours, theirs) in [(dx, expected.x), (dGain, expected.gain), (dBias, expected.bias)] {
            let sums = zip(start, theirs.values).map { Double($0) + $1 }
            #expect(distance(ours, sums) <= 1e-5 * magnitude(sums))
        }
    }

    @Test(arguments: widths, levels)
    func geluBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let x = random.floats(width, in: -8...8)
        let d = random.floats(width, in: -1...1)
        var fast = d
        dixie_gelu_backward(level, x, &fast, width)
        let expected = zip(x, d).map { ReferenceGELU.backward(Double($0), gradient: Double($1)) }
        #expect(distance(fast, expected) <= 2e-6)
    }

    @Test(arguments: levels) func geluBackwardOfExtremesIsZeroOrTheGradient(level: dixie_level) {
        let x: [Float] = [-1e4, -50, 50, 1e4]
        var gradient: [Float] = [2, 2, 2, 2]
        dixie_gelu_backward(level, x, &gradient, 4)
        #expect(gradient[..<2].allSatisfy { abs($0) < 1e-20 })
        #expect(gradient[2...].allSatisfy { abs($0 - 2) < 1e-6 })
    }

    @Test(arguments: widths, levels)
    func softmaxBackwardEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let p = ReferenceSoftmax.forward(
            random.floats(width, in: -4...4).map(Double.init), scale: 1)
        let d = random.floats(width, in: -1...1)
        var fast = d
        dixie_softmax_backward(level, p.map(Float.init), &fast, width, 0.25)
        let expected = ReferenceSoftmax.backward(p, gradient: d.map(Double.init), scale: 0.25)
        #expect(distance(fast, expected) <= 1e-6)
    }

    @Test(arguments: widths, levels)
    func crossEntropyEqualsItsReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let logits = random.floats(width, in: -30...30)
        let target = width / 2
        let expected = ReferenceCrossEntropy.forward(grid(logits), targets: [target])
        var (fast, loss) = (logits, Float.nan)
        dixie_cross_entropy(level, &fast, width, target, 1, 1, &loss)
        #expect(fast == logits)
        #expect(abs(Double(loss) - expected) <= 1e-5 * max(1, expected))
        dixie_cross_entropy(level, &fast, width, target, 0.5, 0, &loss)
        #expect(abs(Double(loss) - expected) <= 1e-5 * max(1, expected))
        let gradient = ReferenceCrossEntropy.backward(grid(logits), targets: [target])
        #expect(distance(fast, gradient.values.map { $0 * 0.5 }) <= 1e-6)
    }

    @Test(arguments: levels) func crossEntropyOfExtremesIsRightOrNoNumber(level: dixie_level) {
        var loss = Float.nan
        var far: [Float] = [1e4, -1e4, 0]
        dixie_cross_entropy(level, &far, 3, 1, 1, 0, &loss)
        #expect(loss == 2e4)
        #expect(far[0] == 1 && far[1] == -1 && far[2] < 1e-30)
        for poison in [Float.nan, .infinity, -.infinity] {
            var logits = [Float](repeating: 0, count: 40)
            logits[37] = poison
            dixie_cross_entropy(level, &logits, 40, 1, 1, 1, &loss)
            #expect(!loss.isFinite)
        }
    }

    @Test(arguments: widths, levels)
    func adamEqualsItsFormula(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        var numbers = dixie_adam(
            gradient_scale: 0.5, beta1: 0.9, beta2: 0.99, step_size: 0.01, root_scale: 1.25,
            epsilon: 1e-8, kept: 0.999)
        let (w, g) = (random.floats(width, in: -1...1), random.floats(width, in: -1...1))
        let (m, v) = (random.floats(width, in: -1...1), random.floats(width, in: 0...1))
        var (weights, first, second) = (w, m, v)
        dixie_adam_step(level, &numbers, &weights, g, &first, &second, width)
        var newFirst: [Double] = []
        var newSecond: [Double] = []
        var expected: [Double] = []
        for index in w.indices {
            let gradient: Double = 0.5 * Double(g[index])
            let mean: Double = 0.9 * Double(m[index]) + 0.1 * gradient
            let square: Double = 0.99 * Double(v[index]) + 0.01 * gradient * gradient
            let root: Double = square.squareRoot() * 1.25 + 1e-8
            newFirst.append(mean)
            newSecond.append(square)
            expected.append(0.999 * Double(w[index]) - 0.01 * mean / root)
        }
        #expect(distance(first, newFirst) <= 1e-6 && distance(second, newSecond) <= 1e-6)
        #expect(distance(weights, expected) <= 1e-6)
    }

    @Test(arguments: [1, 15, 1024, 1025, 5000], levels)
    func sumsOfSquaresAreExactEnough(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let x = random.floats(count, in: -100...100)
        var sum = 0.0
        dixie_sum_of_squares(level, x, count, &sum)
        let expected = x.reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(sum - expected) <= 1e-6 * expected)
    }

    /// Elements i … i + 63 take the words of sixteen counters, the first words first.
    @Test(arguments: [1, 16, 63, 64, 65, 200], levels)
    func dropoutTakesTheWordsOfItsCounters(count: Int, level: dixie_level) {
        let threshold = UInt32(0.3 * 4_294_967_296)
        var dropout = dixie_dropout(
            key: (7, 1), row: 3, window: 5, site: 9, threshold: threshold, scale: 2)
        var x = [Float](repeating: 1, count: count)
        dixie_drop(level, &dropout, &x, count)
        let random = CounterRandom(seed: 1 << 32 | 7)
        for index in x.indices {
            let (block, part) = (index / 64, index % 64 / 16)
            let words = random.words(UInt32(block * 16 + index % 16), 3, 5, 9)
            let word = [words.0, words.1, words.2, words.3][part]
            #expect(x[index] == (word < threshold ? 0 : 2), "\(index)")
        }
    }

    @Test func dropoutDropsItsShareAndKeepsTheExpectation() {
        var x = [Float](repeating: 1, count: 100_000)
        Dropout(rate: 0.2, seed: 4).drop(&x, count: x.count, row: 0, window: 0, site: 0)
        let dropped = Double(x.filter { $0 == 0 }.count) / Double(x.count)
        #expect(abs(dropped - 0.2) < 0.01)
        #expect(abs(x.reduce(0, +) / Float(x.count) - 1) < 0.02)
        var other = [Float](repeating: 1, count: 100_000)
        Dropout(rate: 0.2, seed: 4).drop(&other, count: x.count, row: 0, window: 1, site: 0)
        #expect(x != other)
    }

    private func grid(_ row: [Float]) -> Grid { Grid(1, row.count, row.map(Double.init)) }

    private func distance(_ fast: [Float], _ reference: [Double]) -> Double {
        zip(fast, reference).map { abs(Double($0) - $1) }.max() ?? 0
    }

    private func magnitude(_ values: [Double]) -> Double { values.map(abs).max() ?? 0 }
}
