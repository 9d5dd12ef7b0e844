import CKernels
import TestSupport
import Testing

@Suite struct CrossEntropyKernelTests {
    static let widths = [1, 2, 7, 15, 16, 17, 80, 257, 5003]

    @Test(arguments: widths, levels)
    func lossAndGradientEqualTheirReference(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let logits = random.floats(width, in: -12...12)
        for target in Set([0, width / 2, width - 1]) {
            expectReference(logits, target: target, scale: 0.125, level)
        }
    }

    @Test(arguments: [1, 7, 16, 17, 257], levels)
    func largeLogitsKeepTheirLossAndGradient(width: Int, level: dixie_level) {
        var random = SeededGenerator(seed: UInt64(width))
        let logits = random.floats(width, in: -1e4...1e4)
        for target in Set([0, width / 2, width - 1]) {
            expectReference(logits, target: target, scale: 1, level)
        }
        // All as large as can be, one of them, or all but one.
        let high = [Float](repeating: 1e4, count: width)
        expectReference(high, target: width - 1, scale: 1, level)
        expectReference(high.map { -$0 }, target: width - 1, scale: 1, level)
        for edge in [0, width - 1] {
            var one = high.map { -$0 }
            one[edge] = 1e4
            for target in Set([0, width - 1]) {
                expectReference(one, target: target, scale: 1, level)
                expectReference(one.map { -$0 }, target: target, scale: 1, level)
            }
        }
    }

    @Test(arguments: widths, levels)
    func equalLogitsCostTheLogarithmOfTheirCount(width: Int, level: dixie_level) {
        expectReference([Float](repeating: -2.5, count: width), target: 0, scale: 1, level)
    }

    @Test(arguments: levels) func oneLogitCostsNothing(level: dixie_level) {
        var row: [Float] = [1e4]
        var loss: Float = .nan
        dixie_cross_entropy(level, &row, 1, 0, 3, 0, &loss)
        #expect(loss == 0 && row == [0])
    }

    /// Both with the gradient and without, which leaves the logits as they are.
    private func expectReference(
        _ logits: [Float], target: Int, scale: Float, _ level: dixie_level,
        at place: SourceLocation = #_sourceLocation
    ) {
        let matrix = DoubleMatrix(rows: 1, columns: logits.count, values: logits.map(Double.init))
        let targets = [Int32(target)]
        let expectedLoss = ReferenceCrossEntropy.forward(matrix, targets: targets)[0]
        let expected = ReferenceCrossEntropy.backward(
            matrix, targets: targets, scale: Double(scale))
        for keepsLogits in [true, false] {
            var row = GuardedRow(logits)
            var loss: Float = .nan
            dixie_cross_entropy(
                level, &row.floats, logits.count, target, scale, keepsLogits ? 1 : 0, &loss)
            let lossError = distance([loss], [expectedLoss])
            #expect(lossError <= 1e-6 * max(1, expectedLoss), sourceLocation: place)
            #expect(row.isBehindUntouched, sourceLocation: place)
            if keepsLogits {
                #expect(row.row == logits, sourceLocation: place)
            } else {
                #expect(
                    distance(row.row, expected.values) <= 1e-6 * Double(scale),
                    sourceLocation: place)
            }
        }
    }
}
