import Compute
import GPT2
import TestSupport
import Testing
import Training

/// The fast pass, held to the scalar one in double precision.
@Suite struct GradientPassReferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let vocabulary: Int
        /// What the pass has room for.
        let context: Int
        let width: Int
        let heads: Int
        let layers: Int
        /// Of the windows it is given.
        let length: Int
        let windows: Int
        var testDescription: String {
            "V \(vocabulary), T \(length) of \(context), C \(width), H \(heads), L \(layers), "
                + "\(windows) windows"
        }
    }

    static let cases = [
        Case(vocabulary: 13, context: 5, width: 10, heads: 2, layers: 2, length: 5, windows: 3),
        Case(vocabulary: 7, context: 9, width: 6, heads: 3, layers: 1, length: 4, windows: 2),
        Case(vocabulary: 5, context: 1, width: 17, heads: 1, layers: 1, length: 1, windows: 1),
        Case(vocabulary: 3, context: 4, width: 1, heads: 1, layers: 2, length: 4, windows: 2),
        // More than one of attention's tiles of 64 queries.
        Case(vocabulary: 11, context: 131, width: 6, heads: 2, layers: 1, length: 131, windows: 1),
    ]

    static let dropouts = [
        PassSettings.DropoutRates(), .init(embedding: 0.3), .init(attention: 0.3),
        .init(residual: 0.3), .init(embedding: 0.1, attention: 0.2, residual: 0.3),
    ]

    @Test(arguments: cases, dropouts)
    func lossAndGradientsOfEveryTensorAreTheReferences(
        _ example: Case, _ dropout: PassSettings.DropoutRates
    ) throws {
        let size = try TinyModel.size(
            vocabulary: example.vocabulary, context: example.context, width: example.width,
            heads: example.heads, layers: example.layers)
        var random = SeededGenerator(seed: 21)
        let weights = try TinyModel.weights(size, &random)
        let windows = (0..<example.windows).map { _ in
            TinyModel.window(size, length: example.length, &random)
        }
        var settings = PassSettings()
        settings.dropout = dropout
        settings.seed = 0x1234_5678_9ABC
        let pass = try GradientPass(
            weights: weights, gradients: Weights(zerosFor: size), batchSize: example.windows,
            windowLength: example.context, settings: settings, on: ThreadPool(threadCount: 2))
        let sum = pass.accumulate(windows, firstWindow: 7, scale: 0.25)

        let model = ReferenceModel(weights)
        var expectedSum = 0.0
        var expected = ReferenceModel(zerosFor: size)
        for (index, window) in windows.enumerated() {
            let masks = ReferenceMasks(
                size, settings: settings, length: example.length, window: 7 + index)
            expectedSum += model.loss(of: window, masks: masks)
            let gradients = model.gradients(of: window, masks: masks, scale: 0.25)
            for entry in weights.table.entries {
                let both = zip(expected[entry.parameter], gradients[entry.parameter])
                expected[entry.parameter] = both.map { $0 + $1 }
            }
        }
        #expect(abs(sum - expectedSum) <= 1e-5 * expectedSum)
        // A norm of width 1 gives its bias whatever it is given: gradients before it are 0, and what
        // rounding leaves of them is multiplied by 1 / √1e-5.
        let rounding = example.width == 1 ? 1e-5 : 0
        for entry in weights.table.entries {
            let reference = expected[entry.parameter]
            #expect(
                distance(floats(pass.gradients, entry), reference)
                    <= 1e-4 * magnitude(reference) + rounding, "\(entry.parameter.name)")
        }

        let evaluated = windows.reduce(0.0) {
            $0 + model.loss(of: $1, masks: .none(layerCount: size.layerCount))
        }
        #expect(abs(pass.loss(of: windows) - evaluated) <= 1e-5 * evaluated)
    }

    /// A vocabulary so large that the logits of 20 rows do not fit into one piece: each row for
    /// itself has to give the same.
    @Test func logitsInSeveralPiecesGiveTheGradientsOfSingleRows() throws {
        let size = try TinyModel.size(
            vocabulary: 530_000, context: 1, width: 2, heads: 1, layers: 1)
        var random = SeededGenerator(seed: 22)
        let weights = try TinyModel.weights(size, &random)
        let windows = (0..<20).map { _ in TinyModel.window(size, length: 1, &random) }
        let pool = ThreadPool(threadCount: 2)
        func gradients(rows: Int) throws -> (loss: Double, gradients: [Float]) {
            let pass = try GradientPass(
                weights: weights, gradients: Weights(zerosFor: size), batchSize: rows,
                windowLength: 1, on: pool)
            var loss = 0.0
            for start in stride(from: 0, to: windows.count, by: rows) {
                loss += pass.accumulate(
                    Array(windows[start..<start + rows]), firstWindow: start, scale: 1)
            }
            return (loss, allFloats(pass.gradients))
        }
        let (together, single) = (try gradients(rows: 20), try gradients(rows: 1))
        #expect(abs(together.loss - single.loss) <= 1e-6 * single.loss)
        // Sums over half a million floats, in another order.
        #expect(
            distance(together.gradients, single.gradients) <= 1e-4 * magnitude(single.gradients))
    }
}
