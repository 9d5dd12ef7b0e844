import GPT2
import TestSupport
import Testing
import Training

/// The reference of a whole block and a whole model, held to finite differences.
@Suite struct ModelReferenceTests {
    @Test(arguments: [false, true]) func aBlocksGradientByItsInputIsItsSlope(drops: Bool) throws {
        let size = try TinyModel.size(width: 6, heads: 3, layers: 1)
        var random = SeededGenerator(seed: 5)
        let block = ReferenceModel(try TinyModel.weights(size, &random)).blocks[0]
        let masks =
            drops
            ? SampleMasks.masks(size, length: 3, &random).blocks[0] : ReferenceMasks.InBlock()
        let x = random.matrix(3, 6)
        let weights = random.matrix(3, 6)
        let gradient = block.backward(x, masks: masks, outputGradient: weights).input
        let expected = slopes(
            of: {
                let x = DoubleMatrix(rows: 3, columns: 6, values: $0)
                return weightedSum(block.forward(x, masks: masks).values, by: weights.values)
            }, at: x.values)
        #expect(relativeError(of: gradient.values, from: expected) <= 1e-6)
    }

    @Test(arguments: [false, true])
    func aModelsGradientsByAllSixteenKindsOfTensorAreTheSlopesOfItsLoss(drops: Bool) throws {
        let size = try TinyModel.size()
        var random = SeededGenerator(seed: 6)
        let weights = try TinyModel.weights(size, &random)
        let model = ReferenceModel(weights)
        let masks =
            drops
            ? SampleMasks.masks(size, length: 5, &random)
            : ReferenceMasks.none(layerCount: size.layerCount)
        let window = TinyModel.window(size, length: 5, &random)
        let gradients = model.gradients(of: window, masks: masks, scale: 0.25)
        #expect(weights.table.entries.count == 4 + 12 * size.layerCount)
        for entry in weights.table.entries {
            let elements = (0..<7).map { _ in Int.random(in: 0..<entry.count, using: &random) }
            var changed = model
            let expected = slopes(
                of: {
                    changed[entry.parameter] = $0
                    return 0.25 * changed.loss(of: window, masks: masks)
                }, at: model[entry.parameter], by: elements)
            let gradient = gradients[entry.parameter]
            #expect(
                relativeError(of: elements.map { gradient[$0] }, from: expected) <= 1e-6,
                "\(entry.parameter.name)")
            #expect(magnitude(gradient) > 0, "\(entry.parameter.name)")
        }
    }
}
