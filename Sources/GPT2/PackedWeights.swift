import Compute

/// The parameters of a model that serves, its matrices laid out for the kernels in one of four
/// formats. Immutable once made.
public final class PackedWeights: Sendable {
    public let hyperparameters: Hyperparameters
    public let format: WeightFormat
    let blocks: [PackedBlock]
    /// [C, V]: what makes logits; a column is also a token's embedding.
    let tokenEmbedding: PackedMatrix
    /// [T, C]
    let positionEmbedding: Matrix
    let finalNorm: LayerNormParameters
    private let matrices: ByteBuffer
    private let vectors: Weights.Vectors

    /// Lays out weights in f32, which may go afterwards.
    ///
    /// - Parameters:
    ///   - weights: of the same model.
    ///   - format: how the matrices are kept. What is added or multiplied element by element stays
    ///     in f32.
    ///   - pool: shares the work out.
    /// - Throws: `ComputeError` when there is no memory; `GPT2Error.tooWide` for the format.
    public init(_ weights: Weights, format: WeightFormat, on pool: ThreadPool) throws {
        let size = weights.hyperparameters
        let C = size.embeddingWidth
        guard 4 * C <= format.deepest else {
            throw GPT2Error.tooWide(width: C, format: format, most: format.deepest / 4)
        }
        hyperparameters = size
        self.format = format
        // What half a byte loses in the head comes out as it is, and five times as much of it as of
        // all blocks together.
        let headFormat = format == .int4 ? .int8 : format
        let shapes = [(C, 3 * C), (C, C), (C, 4 * C), (4 * C, C)]
        let blockBytes = shapes.reduce(0) {
            $0 + PackedMatrix.byteCount(format, depth: $1.0, columns: $1.1)
        }
        let bytes =
            size.layerCount * blockBytes
            + PackedMatrix.byteCount(headFormat, depth: C, columns: size.vocabularySize)
        let matrices = try ByteBuffer(count: bytes)
        let vectors = try Weights.Vectors(of: weights)
        self.matrices = matrices
        self.vectors = vectors

        var used = 0
        func pack(
            _ matrix: Matrix, _ transposition: Transposition, _ format: WeightFormat
        ) -> PackedMatrix {
            let isTransposed = transposition == .transposed
            let depth = isTransposed ? matrix.columns : matrix.rows
            let columns = isTransposed ? matrix.rows : matrix.columns
            guard let base = matrices.bytes.baseAddress else {
                preconditionFailure("a model has matrices")
            }
            let packed = PackedMatrix(format, depth: depth, columns: columns, at: base + used)
            used += PackedMatrix.byteCount(format, depth: depth, columns: columns)
            packed.fill(from: matrix, transposition, on: pool)
            return packed
        }
        blocks = (0..<size.layerCount).map { layer in
            let block = Block(weights, layer: layer)
            func linear(_ linear: Linear) -> PackedLinear {
                PackedLinear(
                    weight: pack(linear.weight, .plain, format), bias: vectors.copy(of: linear.bias)
                )
            }
            return PackedBlock(
                norm1: vectors.copy(of: block.norm1), attention: linear(block.attention),
                attentionOutput: linear(block.attentionOutput),
                norm2: vectors.copy(of: block.norm2), hidden: linear(block.hidden),
                hiddenOutput: linear(block.hiddenOutput))
        }
        tokenEmbedding = pack(weights.tokenEmbedding, .transposed, headFormat)
        positionEmbedding = vectors.copy(of: weights.positionEmbedding)
        finalNorm = vectors.copy(of: weights.finalNorm)
        precondition(used == bytes)
    }

    /// The bytes of memory they take.
    public var byteCount: Int { matrices.bytes.count + vectors.byteCount }
}

/// The weights of one block, laid out for the kernels.
struct PackedBlock: Sendable {
    let norm1: LayerNormParameters
    /// [C, 3C]: queries, keys and values side by side.
    let attention: PackedLinear
    /// [C, C]
    let attentionOutput: PackedLinear
    let norm2: LayerNormParameters
    /// [C, 4C]
    let hidden: PackedLinear
    /// [4C, C]
    let hiddenOutput: PackedLinear
}

/// A matrix and a bias: y = x·W + b.
struct PackedLinear: Sendable {
    let weight: PackedMatrix
    let bias: Matrix

    func apply(
        _ x: Matrix, _ finish: ProductFinish = .store, into y: Matrix, scratch: PreparedRows,
        on pool: ThreadPool
    ) {
        multiply(x, weight, plus: bias, finish: finish, into: y, scratch: scratch, on: pool)
    }
}

extension Weights {
    /// Copies of what a model keeps in f32 whatever the format: gains, biases and positions.
    ///
    /// @unchecked Sendable because it is written only while a model is made.
    final class Vectors: @unchecked Sendable {
        private let buffer: FloatBuffer
        private var used = 0

        /// - Throws: `ComputeError` when there is no memory.
        init(of weights: Weights) throws {
            let count = weights.table.entries.reduce(0) { sum, entry in
                entry.shape.count == 1 || entry.parameter == .positionEmbedding
                    ? sum + entry.count + 16 : sum
            }
            buffer = try FloatBuffer(count: count)
        }

        var byteCount: Int { buffer.floats.count * MemoryLayout<Float>.stride }

        func copy(of matrix: Matrix) -> Matrix {
            let copy = buffer.matrix(at: used, rows: matrix.rows, columns: matrix.columns)
            _ = copy.floats.update(fromContentsOf: matrix.floats)
            used += (matrix.rows * matrix.columns + 15) / 16 * 16
            return copy
        }

        func copy(of norm: LayerNormParameters) -> LayerNormParameters {
            LayerNormParameters(gain: copy(of: norm.gain), bias: copy(of: norm.bias))
        }
    }
}
