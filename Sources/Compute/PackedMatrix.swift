import CKernels

/// A view of weights that are laid out for `multiply`, `depth` × `columns`, in panels of 16 columns;
/// somebody else owns them.
///
/// @unchecked Sendable because a view says where bytes are; they are written while a model loads, and
/// only read from then on.
public struct PackedMatrix: @unchecked Sendable {
    public let format: WeightFormat
    /// K: the inputs.
    public let depth: Int
    /// N: the outputs.
    public let columns: Int
    private let panels: UnsafeMutableRawPointer

    /// Bytes of such a matrix, a multiple of 64.
    public static func byteCount(_ format: WeightFormat, depth: Int, columns: Int) -> Int {
        panelCount(columns) * dixie_panel_size(format.forKernels, depth)
    }

    /// - Parameters:
    ///   - format: how the numbers are kept.
    ///   - depth: K
    ///   - columns: N
    ///   - base: where its `byteCount` bytes begin; a multiple of 64.
    public init(
        _ format: WeightFormat, depth: Int, columns: Int, at base: UnsafeMutableRawPointer
    ) {
        precondition(depth > 0 && depth <= format.deepest && columns > 0)
        precondition(UInt(bitPattern: base) % UInt(dixie_alignment) == 0, "not aligned")
        self.format = format
        self.depth = depth
        self.columns = columns
        panels = base
    }

    /// How many panels of 16 columns it is cut into.
    public var panelCount: Int { Self.panelCount(columns) }
    private var panelSize: Int { dixie_panel_size(format.forKernels, depth) }
    private static func panelCount(_ columns: Int) -> Int { (columns + 15) / 16 }

    var forKernels: dixie_weights {
        dixie_weights(
            format: format.forKernels, depth: depth, columns: columns, panels: panels)
    }

    /// Fills it with the numbers of a matrix, rounded to the format.
    ///
    /// - Parameters:
    ///   - matrix: K × N, or N × K when `transposed`.
    ///   - transposition: how it stands.
    ///   - pool: shares out the panels.
    public func fill(
        from matrix: Matrix, _ transposition: Transposition = .plain, on pool: ThreadPool
    ) {
        pool.forEachSlice(of: panelCount, atLeast: 1) { range in
            fill(panels: range, from: matrix, transposition)
        }
    }

    /// Fills some of its panels, for who has threads of its own; see `fill(from:_:on:)`.
    public func fill(
        panels range: Range<Int>, from matrix: Matrix, _ transposition: Transposition = .plain
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= panelCount)
        let isTransposed = transposition == .transposed
        precondition(
            matrix.rows == (isTransposed ? columns : depth)
                && matrix.columns == (isTransposed ? depth : columns), "shapes do not fit")
        let columnStride = isTransposed ? matrix.stride : 1
        let depthStride = isTransposed ? 1 : matrix.stride
        for panel in range {
            dixie_pack_panel(
                format.forKernels, matrix.base + panel * 16 * columnStride, depthStride,
                columnStride, depth, min(16, columns - panel * 16), panels + panel * panelSize)
        }
    }

    /// Gives the weights of one output as floats: K of them.
    public func copyColumn(_ column: Int, to floats: UnsafeMutablePointer<Float>) {
        precondition(column >= 0 && column < columns)
        dixie_unpack_column(
            format.forKernels, panels + column / 16 * panelSize, depth, column % 16, floats)
    }
}
