import Compute

/// All parameters of one model in f32, in one arena; or as many gradients, or moments, laid out the
/// same way.
///
/// A model that serves never changes its weights once they are built. One that is trained is
/// changed by its optimizer alone, between two passes.
public final class Weights: Sendable {
    public let hyperparameters: Hyperparameters
    public let table: ParameterTable
    /// The arena; see `ParameterTable`.
    public let buffer: FloatBuffer

    private let offsets: [Parameter: Int]

    /// All zero, to be filled by whoever builds the model.
    ///
    /// - Throws: `ComputeError` when there is no memory for them.
    public init(zerosFor hyperparameters: Hyperparameters) throws {
        self.hyperparameters = hyperparameters
        table = ParameterTable(hyperparameters)
        buffer = try FloatBuffer(count: table.floatCount)
        offsets = Dictionary(uniqueKeysWithValues: table.entries.map { ($0.parameter, $0.offset) })
    }

    /// The bytes of memory the arena takes.
    public var byteCount: Int { table.floatCount * MemoryLayout<Float>.stride }

    /// The floats of one tensor, for reading.
    public func floats(of entry: ParameterTable.Entry) -> UnsafeMutableBufferPointer<Float> {
        let range = entry.offset..<entry.offset + entry.count
        return UnsafeMutableBufferPointer(rebasing: buffer.floats[range])
    }

    /// One tensor as a matrix; vectors are one row.
    func matrix(_ parameter: Parameter, rows: Int = 1, columns: Int) -> Matrix {
        guard let offset = offsets[parameter] else {
            preconditionFailure("a model has no parameter \(parameter)")
        }
        return buffer.matrix(at: offset, rows: rows, columns: columns)
    }

    /// [V, C]
    public var tokenEmbedding: Matrix {
        matrix(
            .tokenEmbedding, rows: hyperparameters.vocabularySize,
            columns: hyperparameters.embeddingWidth)
    }

    /// [T, C]
    public var positionEmbedding: Matrix {
        matrix(
            .positionEmbedding, rows: hyperparameters.contextLength,
            columns: hyperparameters.embeddingWidth)
    }

    /// The layer norm after the last block.
    public var finalNorm: LayerNormParameters {
        LayerNormParameters(
            gain: matrix(.finalNormGain, columns: hyperparameters.embeddingWidth),
            bias: matrix(.finalNormBias, columns: hyperparameters.embeddingWidth))
    }
}
