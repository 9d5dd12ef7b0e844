import Compute
import Datasets
import GPT2
import TestSupport
import Testing

@testable import Training

/// The fast passes, held to the reference with the very elements dropped that they drop.
@Suite struct GradientReferenceTests {
    @Test(arguments: [0, 0.3], [false, true])
    func lossAndGradientsAreTheReferences(_ rate: Double, recomputing: Bool) throws {
        var generator = SeededGenerator(seed: 3)
        let reference = SmallReference.model(&generator)
        let size = try Hyperparameters(
            vocabularySize: 10, contextLength: 5, embeddingWidth: 6, headCount: 2, layerCount: 2)
        let weights = try Weights(zerosFor: size)
        for entry in weights.table.entries {
            let grid = try #require(reference.tensors[entry.parameter.name])
            for (index, value) in grid.values.enumerated() {
                weights.floats(of: entry)[index] = Float(value)
            }
        }
        var settings = PassSettings()
        settings.dropout = .init(embedding: rate, attention: rate, residual: rate)
        settings.recomputesBlocks = recomputing
        settings.seed = 99
        let pass = try GradientPass(
            weights: weights, gradients: Weights(zerosFor: size), batchSize: 2, windowLength: 5,
            settings: settings, on: ThreadPool(threadCount: 2))
        let windows = [
            TrainingWindow(inputs: [3, 1, 4, 1, 5], targets: [1, -1, 1, 5, 9]),
            TrainingWindow(inputs: [2, 6, 5, 3, 5], targets: [6, 5, 3, -1, 8]),
        ]
        let sum = pass.accumulate(windows, firstWindow: 40, scale: 1)

        var expected = 0.0
        var gradients: [String: [Double]] = [:]
        for (index, window) in windows.enumerated() {
            let factors = Self.factors(Dropout(rate: rate, seed: 99), window: 40 + index)
            let (inputs, targets) = (window.inputs.map(Int.init), window.targets.map(Int.init))
            expected += reference.loss(inputs, targets: targets, factors: factors)
            for (name, grid) in reference.gradients(inputs, targets: targets, factors: factors) {
                gradients[name] = gradients[name].map { zip($0, grid.values).map(+) } ?? grid.values
            }
        }
        #expect(abs(sum - expected) < 1e-5 * expected)
        let largest = gradients.values.joined().map(abs).max() ?? 0
        for entry in weights.table.entries {
            let theirs = try #require(gradients[entry.parameter.name])
            let ours = pass.gradients.floats(of: entry)
            let distance = zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? .infinity
            #expect(distance < 1e-5 * largest, "\(entry.parameter.name)")
        }
    }

    /// What a dropout makes of rows of ones, at every site.
    private static func factors(_ dropout: Dropout, window: Int) -> ReferenceModel.Factors {
        func factors(_ site: DropoutSite, _ columns: Int) -> Grid {
            var values: [Double] = []
            for row in 0..<5 {
                var ones = [Float](repeating: 1, count: columns)
                dropout.drop(&ones, count: columns, row: row, window: window, site: site.number)
                values += ones.map(Double.init)
            }
            return Grid(5, columns, values)
        }
        var result = SmallReference.factors
        result.embedding = factors(.embedding, 6)
        for layer in 0..<2 {
            result.attention[layer] = (0..<2).map { factors(.attention(layer: layer, head: $0), 5) }
            result.attentionOutput[layer] = factors(.attentionOutput(layer: layer), 6)
            result.hiddenOutput[layer] = factors(.hiddenOutput(layer: layer), 6)
        }
        return result
    }
}
