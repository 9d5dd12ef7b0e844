import CKernels
import TestSupport
import Testing

@Suite struct OptimizerKernelTests {
    static let counts = [1, 7, 15, 16, 17, 80, 257, 1023, 1025, 5000]

    @Test(arguments: counts, levels)
    func adamStepEqualsItsReference(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        var weights = GuardedRow(random.floats(count, in: -1...1))
        // From nothing to much: what stands in a gradient beside each other.
        let gradients = random.floats(count, in: -1...1).map { $0 * $0 * $0 * $0 * $0 }
        var first = GuardedRow(random.floats(count, in: -0.1...0.1))
        var second = GuardedRow(random.floats(count, in: 0...0.01))
        var adam = dixie_adam(
            gradient_scale: 0.5, beta1: 0.875, beta2: 0.96875, step_size: 0.01, root_scale: 1.5,
            epsilon: 1e-6, kept: 0.99)
        let step = ReferenceAdamStep(
            gradientScale: 0.5, beta1: 0.875, beta2: 0.96875, stepSize: Double(adam.step_size),
            rootScale: 1.5, epsilon: Double(adam.epsilon), kept: Double(adam.kept))
        var (w, m, v) = (weights.doubles, first.doubles, second.doubles)
        for _ in 0..<3 {
            for index in 0..<count {
                step.apply(
                    to: &w[index], gradient: Double(gradients[index]), first: &m[index],
                    second: &v[index])
            }
            dixie_adam_step(
                level, &adam, &weights.floats, gradients, &first.floats, &second.floats, count)
        }
        #expect(distance(weights.row, w) <= 1e-6)
        #expect(distance(first.row, m) <= 1e-7)
        #expect(distance(second.row, v) <= 1e-8)
        #expect(
            weights.isBehindUntouched && first.isBehindUntouched && second.isBehindUntouched)
    }

    @Test(arguments: levels) func adamWithoutGradientsMovesNothing(level: dixie_level) {
        var weights: [Float] = [1, -2, 0]
        var first = [Float](repeating: 0, count: 3)
        var second = first
        var adam = dixie_adam(
            gradient_scale: 1, beta1: 0.9, beta2: 0.999, step_size: 1, root_scale: 1,
            epsilon: 1e-8, kept: 1)
        dixie_adam_step(level, &adam, &weights, [0, 0, 0], &first, &second, 3)
        #expect(weights == [1, -2, 0] && first == [0, 0, 0] && second == [0, 0, 0])
    }

    @Test(arguments: counts, levels)
    func sumOfSquaresEqualsTheSumInDoublePrecision(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let x = random.floats(count, in: -3...3)
        let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
        var sum = Double.nan
        dixie_sum_of_squares(level, x, count, &sum)
        #expect(abs(sum - expected) <= 1e-6 * expected)
    }

    @Test(arguments: levels) func theSumOfManySquaresLosesNothingToItsSize(level: dixie_level) {
        // A sum in single precision would stand still at 2²⁴.
        let x = [Float](repeating: 1, count: (1 << 24) + 1001)
        var sum = Double.nan
        dixie_sum_of_squares(level, x, x.count, &sum)
        #expect(sum == Double(x.count))
        dixie_sum_of_squares(level, x, 0, &sum)
        #expect(sum == 0)
    }

    @Test(arguments: counts, levels)
    func addScaledEqualsThePlainSum(count: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(count))
        let x = random.floats(count, in: -3...3)
        var y = GuardedRow(random.floats(count, in: -3...3))
        let scale: Float = -0.37
        let expected = zip(x, y.doubles).map { Double(scale) * Double($0) + $1 }
        dixie_add_scaled(level, scale, x, &y.floats, count)
        #expect(distance(y.row, expected) <= 5e-7)
        #expect(y.isBehindUntouched)
    }
}
