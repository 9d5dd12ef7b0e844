import TestSupport
import Testing

@testable import Compute

/// The operations of the backward pass on whole matrices, contiguous and not, on one thread and on
/// three.
@Suite struct GradientOperationsTests {
    struct Layout: Sendable, CustomTestStringConvertible {
        let rows: Int
        let columns: Int
        var padding = 0
        var testDescription: String { "\(rows)×\(columns) and \(padding) between" }
    }

    static let layouts = [
        Layout(rows: 1, columns: 1), Layout(rows: 1, columns: 257, padding: 3),
        Layout(rows: 7, columns: 1, padding: 4), Layout(rows: 17, columns: 16),
        Layout(rows: 80, columns: 17, padding: 15), Layout(rows: 33, columns: 257, padding: 1),
    ]

    @Test(arguments: layouts, [1, 3])
    func layerNormBackwardAddsAllThreeGradients(_ layout: Layout, threads: Int) throws {
        var random = SeededGenerator(seed: 1)
        func matrix(_ rows: Int, in range: ClosedRange<Double> = -1...1) throws -> PaddedMatrix {
            try PaddedMatrix(
                random.matrix(rows, layout.columns, in: range), padding: layout.padding)
        }
        let x = try matrix(layout.rows, in: -3...5)
        let outputGradient = try matrix(layout.rows)
        let inputGradient = try matrix(layout.rows)
        let (gain, bias) = (try matrix(1, in: 0.5...1.5), try matrix(1))
        let (gainGradient, biasGradient) = (try matrix(1), try matrix(1))
        let reference = ReferenceLayerNorm(gain: gain.doubles.values, bias: bias.doubles.values)
            .backward(x.doubles, outputGradient: outputGradient.doubles)
        let input = inputGradient.doubles + reference.input
        func added(_ gradient: [Double], to old: PaddedMatrix) -> [Double] {
            zip(gradient, old.doubles.values).map { $0 + $1 }
        }
        let gains = added(reference.parameters.gain, to: gainGradient)
        let biases = added(reference.parameters.bias, to: biasGradient)
        let pool = ThreadPool(threadCount: threads)
        let parameters = LayerNormParameters(gain: gain.view, bias: bias.view)
        let statistics = RowStatistics(rows: layout.rows)
        layerNormBackward(
            x.view, parameters, outputGradient: outputGradient.view,
            inputGradient: inputGradient.view,
            parameterGradients: LayerNormParameters(
                gain: gainGradient.view, bias: biasGradient.view),
            statistics: statistics, on: pool)
        #expect(
            distance(inputGradient.floats, input.values) <= 4e-6 * max(1, magnitude(input.values)))
        #expect(distance(gainGradient.floats, gains) <= 4e-6 * max(1, magnitude(gains)))
        #expect(distance(biasGradient.floats, biases) <= 4e-6 * max(1, magnitude(biases)))
        #expect(inputGradient.isPaddingUntouched)
        #expect(gainGradient.isPaddingUntouched && biasGradient.isPaddingUntouched)
    }

    @Test(arguments: layouts, [1, 3])
    func geluBothWaysEqualsItsReference(_ layout: Layout, threads: Int) throws {
        var random = SeededGenerator(seed: 2)
        let pool = ThreadPool(threadCount: threads)
        let x = try PaddedMatrix(
            random.matrix(layout.rows, layout.columns, in: -6...6), padding: 0)
        let gradient = try PaddedMatrix(random.matrix(layout.rows, layout.columns), padding: 0)
        let y = try PaddedMatrix(random.matrix(layout.rows, layout.columns), padding: 0)
        let before = x.floats
        let expected = ReferenceGELU.backward(x.doubles, outputGradient: gradient.doubles)
        gelu(x.view, into: y.view, on: pool)
        geluBackward(x.view, gradient: gradient.view, on: pool)
        #expect(distance(y.floats, ReferenceGELU.forward(x.doubles).values) <= 6e-6)
        #expect(distance(gradient.floats, expected.values) <= 3e-6)
        #expect(x.floats == before)
    }

    @Test(arguments: layouts, [1, 3])
    func columnSumsAndSumsAreAddedToWhatIsThere(_ layout: Layout, threads: Int) throws {
        var random = SeededGenerator(seed: 3)
        let pool = ThreadPool(threadCount: threads)
        let x = try PaddedMatrix(
            random.matrix(layout.rows, layout.columns), padding: layout.padding)
        let sums = try PaddedMatrix(random.matrix(1, layout.columns), padding: layout.padding)
        var expected = sums.doubles.values
        for row in 0..<layout.rows {
            expected = zip(expected, x.doubles[row]).map { $0 + $1 }
        }
        addColumnSums(of: x.view, to: sums.view, on: pool)
        #expect(distance(sums.floats, expected) <= 2e-6 * max(1, magnitude(expected)))
        #expect(sums.isPaddingUntouched)

        let y = try PaddedMatrix(random.matrix(layout.rows, layout.columns), padding: 0)
        let both = x.doubles + y.doubles
        add(x.view, to: y.view, on: pool)
        #expect(distance(y.floats, both.values) <= 2e-7)
    }

    @Test(arguments: layouts, [1, 3])
    func crossEntropyCountsOnlyRowsWithATarget(_ layout: Layout, threads: Int) throws {
        var random = SeededGenerator(seed: 4)
        let pool = ThreadPool(threadCount: threads)
        let logits = try PaddedMatrix(
            random.matrix(layout.rows, layout.columns, in: -9...9), padding: layout.padding)
        let targets = (0..<layout.rows).map { row -> Int32 in
            row % 3 == 1 ? -1 : Int32.random(in: 0..<Int32(layout.columns), using: &random)
        }
        let expected = ReferenceCrossEntropy.forward(logits.doubles, targets: targets)
        let gradient = ReferenceCrossEntropy.backward(
            logits.doubles, targets: targets, scale: 0.25)
        let before = logits.floats
        let losses = try FloatBuffer(count: layout.rows)
        for scale: Float? in [nil, 0.25] {
            losses.floats.update(repeating: .nan)
            crossEntropy(
                logits.view, targets: targets, scale: scale, losses: losses.slice().base, on: pool)
            #expect(distance(Array(losses.floats), expected) <= 1e-6 * max(1, magnitude(expected)))
            if scale == nil { #expect(logits.floats == before) }
        }
        #expect(distance(logits.floats, gradient.values) <= 2.5e-7)
        #expect(logits.isPaddingUntouched)
    }

    @Test func softmaxBackwardOfTheFirstFloatsLeavesTheOthers() throws {
        var random = SeededGenerator(seed: 5)
        for width in [1, 7, 16, 17, 80] {
            let p = ReferenceSoftmax.forward(random.doubles(width)).map { Float($0) }
            var gradient = GuardedRow(random.floats(width, in: -1...1))
            let expected = ReferenceSoftmax.backward(
                p.map(Double.init), outputGradient: gradient.doubles, scale: 0.5)
            softmaxBackward(p, gradient: &gradient.floats, width: width, scale: 0.5)
            #expect(distance(gradient.row, expected) <= 2e-7)
            #expect(gradient.isBehindUntouched)
        }
    }
}
