import CKernels

/// What is done with a product before it is stored.
public enum ProductFinish: Sendable {
    case store
    /// GPT-2's GELU of it is stored.
    case gelu
    /// It is added to what stands there.
    case add

    fileprivate var forKernels: dixie_finish {
        switch self {
        case .store: dixie_finish_store
        case .gelu: dixie_finish_gelu
        case .add: dixie_finish_add
        }
    }
}

/// Room for activations in the form that the kernels of a weight format want. Belongs to one thread.
public final class PreparedRows {
    private var buffer: ByteBuffer?

    public init() {}

    /// Makes room.
    ///
    /// - Throws: `ComputeError` when there is no memory.
    public func reserve(rows: Int, deepest: Int) throws {
        // What takes most: a float's size and a little more each.
        let count = rows * (deepest * MemoryLayout<Float>.stride + 1024)
        if buffer?.bytes.count ?? 0 < count { buffer = try ByteBuffer(count: count) }
    }

    fileprivate func base(rows: Int, size: Int) -> UnsafeMutableRawPointer {
        guard let bytes = buffer?.bytes, let base = bytes.baseAddress, rows * size <= bytes.count
        else { preconditionFailure("no room was made for these rows") }
        return base
    }
}

/// y = x·W + b, finished, by weights that are laid out for it.
///
/// A row of y depends on its own row of x alone, not on how many there are nor on the threads.
///
/// - Parameters:
///   - x: M × K.
///   - weights: K × N.
///   - bias: 1 × N; nil for none.
///   - finish: what is done with the sums.
///   - y: M × N; may not overlap `x`.
///   - scratch: with room for M rows of depth K.
///   - pool: shares out the columns.
public func multiply(
    _ x: Matrix, _ weights: PackedMatrix, plus bias: Matrix? = nil,
    finish: ProductFinish = .store, into y: Matrix, scratch: PreparedRows, on pool: ThreadPool
) {
    precondition(
        x.columns == weights.depth && y.columns == weights.columns && x.rows == y.rows
            && bias.map { $0.rows == 1 && $0.columns == y.columns } ?? true, "shapes do not fit")
    guard x.rows > 0 else { return }
    let level = dixie_cpu_level()
    let format = weights.format.forKernels
    let size = dixie_prepared_size(level, format, weights.depth)
    var rows = SharedRows(base: x.base, stride: x.stride * MemoryLayout<Float>.stride)
    if size > 0 {
        rows = SharedRows(base: scratch.base(rows: x.rows, size: size), stride: size)
        // A few rows cost less than asking the other threads.
        pool.forEachSlice(of: x.rows, atLeast: 8) { [rows] range in
            for row in range {
                dixie_prepare_row(
                    level, format, x.row(row), weights.depth, rows.base + row * rows.stride)
            }
        }
    }
    let epilogue = SharedEpilogue(
        dixie_epilogue(bias: bias.map { UnsafePointer($0.base) }, finish: finish.forKernels))
    // Four panels are read side by side; no part is so small that sharing it costs more than it.
    let smallest = max(4, 65_536 / (weights.depth * 16 * x.rows))
    pool.forEachSlice(
        of: weights.panelCount, atLeast: smallest, multipleOf: 4,
        in: .forRows(x.rows)
    ) { [rows] panels in
        var matrix = weights.forKernels
        var epilogue = epilogue.value
        dixie_multiply(
            level, &matrix, rows.base, rows.stride, x.rows, panels.lowerBound, panels.count,
            &epilogue, y.base, y.stride)
    }
}

/// @unchecked Sendable because threads write rows of their own, and only read once all are there.
private struct SharedRows: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let stride: Int
}

/// @unchecked Sendable because threads only read the bias.
private struct SharedEpilogue: @unchecked Sendable {
    let value: dixie_epilogue
    init(_ value: dixie_epilogue) { self.value = value }
}
