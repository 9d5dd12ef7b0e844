import Compute
import Foundation

extension Weights {
    /// Weights of a model that has learned nothing, as GPT-2 drew them: normal with deviation 0.02,
    /// 0.01 for positions; gains 1, biases 0. The same seed gives the same weights.
    ///
    /// - Parameters:
    ///   - hyperparameters: the model's size.
    ///   - seed: of the draw.
    ///   - scalesResiduals: whether the matrices that add to the residual stream are drawn smaller
    ///     by 1/√(2L), as GPT-2's paper has it and its published code does not.
    /// - Returns: weights that nothing has been taught.
    /// - Throws: `ComputeError` when there is no memory for them.
    public static func untrained(
        _ hyperparameters: Hyperparameters, seed: UInt64, scalesResiduals: Bool = false
    ) throws -> Weights {
        let residual =
            scalesResiduals ? 0.02 / Double(2 * hyperparameters.layerCount).squareRoot() : 0.02
        let weights = try Weights(zerosFor: hyperparameters)
        for (stream, entry) in weights.table.entries.enumerated() {
            let floats = weights.floats(of: entry)
            let fillNormal = { (deviation: Double) in
                Self.fillNormal(floats, deviation: deviation, seed: seed, stream: UInt32(stream))
            }
            switch entry.parameter {
            case .finalNormGain, .block(_, .norm1Gain), .block(_, .norm2Gain):
                floats.update(repeating: 1)
            case .tokenEmbedding, .block(_, .attentionWeight), .block(_, .hiddenWeight):
                fillNormal(0.02)
            case .block(_, .attentionOutputWeight), .block(_, .hiddenOutputWeight):
                fillNormal(residual)
            case .positionEmbedding:
                fillNormal(0.01)
            default:
                break
            }
        }
        return weights
    }

    /// Box and Muller's way from two uniform numbers to two normal ones.
    private static func fillNormal(
        _ floats: UnsafeMutableBufferPointer<Float>, deviation: Double, seed: UInt64, stream: UInt32
    ) {
        let random = CounterRandom(seed: seed)
        for index in stride(from: 0, to: floats.count, by: 2) {
            let words = random.words(stream, UInt32(truncatingIfNeeded: index), 0, 0)
            let radius = (-2 * log((Double(words.0) + 1) / 4_294_967_296)).squareRoot() * deviation
            let angle = Double(words.1) / 4_294_967_296 * 2 * Double.pi
            floats[index] = Float(radius * cos(angle))
            if index + 1 < floats.count { floats[index + 1] = Float(radius * sin(angle)) }
        }
    }
}
