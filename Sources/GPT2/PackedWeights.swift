import Compute

/// The parameters of a model that serves, its matrices laid out for the kernels in one of four
/// formats. Immutable once made.
public final class PackedWeights: Sendable {
    public let layout: PackedLayout
    let blocks: [PackedBlock]
    /// [C, V]: what makes logits; a column is also a token's embedding.
    let tokenEmbedding: PackedMatrix
    /// [T, C]
    let positionEmbedding: Matrix
    let finalNorm: LayerNormParameters
    private let buffer: ByteBuffer

    /// The weights whose bytes lie in a buffer, which nobody writes to from then on.
    ///
    /// - Parameters:
    ///   - layout: where each lies.
    ///   - buffer: `layout.byteCount` bytes, filled.
    public init(_ layout: PackedLayout, in buffer: ByteBuffer) {
        precondition(buffer.bytes.count == layout.byteCount, "a buffer of another model")
        self.layout = layout
        self.buffer = buffer
        let view = PackedView(layout: layout, bytes: buffer.bytes)
        blocks = (0..<layout.hyperparameters.layerCount).map { PackedBlock(view, layer: $0) }
        tokenEmbedding = view.packed(.tokenEmbedding)
        positionEmbedding = view.plain(.positionEmbedding)
        finalNorm = LayerNormParameters(
            gain: view.plain(.finalNormGain), bias: view.plain(.finalNormBias))
    }

    public var hyperparameters: Hyperparameters { layout.hyperparameters }
    public var format: WeightFormat { layout.format }
    /// The bytes of memory they take.
    public var byteCount: Int { layout.byteCount }

    /// Calls `body` with all their bytes, as `layout` says they lie.
    public func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(buffer) { try body(UnsafeRawBufferPointer(buffer.bytes)) }
    }
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

    init(_ view: PackedView, layer: Int) {
        func norm(_ gain: Parameter.InBlock, _ bias: Parameter.InBlock) -> LayerNormParameters {
            LayerNormParameters(
                gain: view.plain(.block(layer, gain)), bias: view.plain(.block(layer, bias)))
        }
        func linear(_ weight: Parameter.InBlock, _ bias: Parameter.InBlock) -> PackedLinear {
            PackedLinear(
                weight: view.packed(.block(layer, weight)), bias: view.plain(.block(layer, bias)))
        }
        norm1 = norm(.norm1Gain, .norm1Bias)
        attention = linear(.attentionWeight, .attentionBias)
        attentionOutput = linear(.attentionOutputWeight, .attentionOutputBias)
        norm2 = norm(.norm2Gain, .norm2Bias)
        hidden = linear(.hiddenWeight, .hiddenBias)
        hiddenOutput = linear(.hiddenOutputWeight, .hiddenOutputBias)
    }
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
