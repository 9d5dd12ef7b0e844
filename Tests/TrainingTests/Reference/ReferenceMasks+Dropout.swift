import Compute
import GPT2
import TestSupport

@testable import Training

extension ReferenceMasks {
    /// What a pass of those settings drops from one of a run's windows: the dropout itself, done to
    /// ones.
    init(_ size: Hyperparameters, settings: PassSettings, length: Int, window: Int) {
        func mask(_ rate: Double, columns: Int, at site: DropoutSite) -> DoubleMatrix? {
            guard rate > 0 else { return nil }
            let dropout = Dropout(rate: rate, seed: settings.seed)
            let values = (0..<length).flatMap { row in
                var factors = [Float](repeating: 1, count: columns)
                dropout.drop(
                    &factors, count: columns, row: row, window: window, site: site.number)
                return factors.map(Double.init)
            }
            return DoubleMatrix(rows: length, columns: columns, values: values)
        }
        let (rates, width) = (settings.dropout, size.embeddingWidth)
        embedding = mask(rates.embedding, columns: width, at: .embedding)
        blocks = (0..<size.layerCount).map { layer in
            let heads = (0..<size.headCount).compactMap { head in
                mask(rates.attention, columns: length, at: .attention(layer: layer, head: head))
            }
            return InBlock(
                attention: heads.isEmpty ? nil : heads,
                attentionOutput: mask(
                    rates.residual, columns: width, at: .attentionOutput(layer: layer)),
                hiddenOutput: mask(
                    rates.residual, columns: width, at: .hiddenOutput(layer: layer)))
        }
    }
}
