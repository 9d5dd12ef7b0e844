import Compute
import GPT2

/// What a block's backward pass needs of its forward pass, N rows each.
///
/// Everything else (the outputs of layer norms and GELU, attention's weights) is cheaper to compute
/// again than to keep.
struct BlockActivations {
    /// [N, C]: the residual stream as it came in.
    let input: Matrix
    /// [N, 3C]: queries, keys and values.
    let qkv: Matrix
    /// [N, C]: the weighted values of all heads.
    let attended: Matrix
    /// [N, C]: the residual stream between the block's halves.
    let middle: Matrix
    /// [N, 4C]: what the GELU is given.
    let hidden: Matrix
}

/// The activations of a whole pass.
struct Activations {
    private let width: Int
    private let rowCapacity: Int
    private let recomputesBlocks: Bool
    /// [L + 1, N, C]: the residual stream before each block and after the last.
    private let residuals: FloatBuffer
    /// [L or 1, N, 9C]: the rest.
    private let insides: FloatBuffer

    /// Widths of what is kept inside a block, in C: qkv, attended, middle, hidden.
    private static let insideWidth = 3 + 1 + 1 + 4

    /// - Throws: `ComputeError` when there is no memory for them.
    init(_ size: Hyperparameters, rows: Int, recomputesBlocks: Bool) throws {
        width = size.embeddingWidth
        rowCapacity = rows
        self.recomputesBlocks = recomputesBlocks
        let kept = recomputesBlocks ? 1 : size.layerCount
        residuals = try FloatBuffer(count: (size.layerCount + 1) * rows * width)
        insides = try FloatBuffer(count: kept * rows * Self.insideWidth * width)
    }

    /// The residual stream before the block of that number; after the last for L. [rows, C]
    func residual(_ layer: Int, rows: Int) -> Matrix {
        residuals.matrix(at: layer * rowCapacity * width, rows: rows, columns: width)
    }

    /// One block's part. Where blocks are computed again, all have the same memory but `input`.
    func block(_ layer: Int, rows: Int) -> BlockActivations {
        let start = (recomputesBlocks ? 0 : layer) * rowCapacity * Self.insideWidth * width
        func part(from offset: Int, width multiple: Int) -> Matrix {
            insides.matrix(
                at: start + offset * rowCapacity * width, rows: rows, columns: multiple * width)
        }
        return BlockActivations(
            input: residual(layer, rows: rows), qkv: part(from: 0, width: 3),
            attended: part(from: 3, width: 1), middle: part(from: 4, width: 1),
            hidden: part(from: 5, width: 4))
    }
}
