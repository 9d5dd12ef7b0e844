import COpenBLAS
import Compute

/// C = A·B in f32; B may stand transposed.
///
/// The columns of C are shared out among the pool's threads, never the sum over K. One row is a
/// matrix-vector product, which streams B once.
///
/// - Parameters:
///   - a: M × K.
///   - b: K × N, or N × K when `transposed`.
///   - transposition: how B stands.
///   - row: 1 × N, added to each row of C, such as a bias; nil for none.
///   - c: M × N; may not overlap `a` or `b`.
///   - pool: shares the columns out.
public func multiply(
    _ a: Matrix, _ b: Matrix, _ transposition: Transposition = .plain, plus row: Matrix? = nil,
    into c: Matrix, on pool: ThreadPool
) {
    // Whole cache lines a part, and no part so small that sharing it costs more than doing it.
    let smallest = max(16, 32_768 / max(1, a.columns * a.rows))
    pool.forEachSlice(of: c.columns, atLeast: smallest, multipleOf: 16) { columns in
        let slice = transposition == .plain ? b.columns(columns) : b.rows(columns)
        let result = c.columns(columns)
        // Here and not before, so that every thread writes what it will read.
        if let row = row?.columns(columns) { copyRow(row, toEachRowOf: result) }
        multiplySerially(a, slice, transposition, into: result, adding: row != nil)
    }
}

/// C = A·B, or C += A·B, on the calling thread alone; the rest as `multiply`.
public func multiplySerially(
    _ a: Matrix, _ b: Matrix, _ transposition: Transposition = .plain, into c: Matrix,
    adding: Bool = false
) {
    let isTransposed = transposition == .transposed
    precondition(
        a.columns == (isTransposed ? b.columns : b.rows) && a.rows == c.rows
            && c.columns == (isTransposed ? b.rows : b.columns), "shapes do not fit")
    guard c.rows > 0, c.columns > 0 else { return }
    _ = oneThread
    let beta: Float = adding ? 1 : 0
    if a.rows == 1 {
        cblas_sgemv(
            CblasRowMajor, isTransposed ? CblasNoTrans : CblasTrans, Int32(b.rows),
            Int32(b.columns), 1, b.base, Int32(max(1, b.stride)), a.base, 1, beta, c.base, 1)
    } else {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, isTransposed ? CblasTrans : CblasNoTrans, Int32(c.rows),
            Int32(c.columns), Int32(a.columns), 1, a.base, Int32(a.stride), b.base,
            Int32(b.stride), beta, c.base, Int32(c.stride))
    }
}

/// C = Aᵀ·B, or C += Aᵀ·B: what a weight's gradient is made of, from a layer's inputs and the
/// gradient by its outputs. The columns of C are shared out, never the sum over the rows.
///
/// - Parameters:
///   - a: K × M.
///   - b: K × N.
///   - c: M × N; may not overlap `a` or `b`.
///   - adding: whether to add to what is in `c`.
///   - pool: shares the columns out.
public func multiplyTransposed(
    _ a: Matrix, _ b: Matrix, into c: Matrix, adding: Bool = false, on pool: ThreadPool
) {
    let smallest = max(16, 32_768 / max(1, a.columns * a.rows))
    pool.forEachSlice(of: c.columns, atLeast: smallest, multipleOf: 16) { columns in
        multiplyTransposedSerially(
            a, b.columns(columns), into: c.columns(columns), adding: adding)
    }
}

/// `multiplyTransposed` on the calling thread alone.
public func multiplyTransposedSerially(
    _ a: Matrix, _ b: Matrix, into c: Matrix, adding: Bool = false
) {
    precondition(
        a.rows == b.rows && a.columns == c.rows && b.columns == c.columns, "shapes do not fit")
    guard c.rows > 0, c.columns > 0 else { return }
    _ = oneThread
    cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(c.rows), Int32(c.columns), Int32(a.rows), 1,
        a.base, Int32(a.stride), b.base, Int32(b.stride), adding ? 1 : 0, c.base, Int32(c.stride))
}

/// OpenBLAS works on the thread that calls it; the pool is what shares work out.
private let oneThread: Void = openblas_set_num_threads(1)
