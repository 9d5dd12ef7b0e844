import CKernels

/// From the gradient by a layer norm's output to those by its input and its parameters; all three
/// are added to what is there.
///
/// - Parameters:
///   - x: [N, C], what the layer norm was given.
///   - parameters: what it scaled and shifted by.
///   - outputGradient: [N, C].
///   - inputGradient: [N, C], added to.
///   - parameterGradients: gain and bias, each [1, C], added to; nil when they are not wanted.
///   - statistics: room for N rows' means and scales.
///   - pool: shares out rows, then columns, so that sums over rows have one order.
public func layerNormBackward(
    _ x: Matrix, _ parameters: LayerNormParameters, outputGradient: Matrix, inputGradient: Matrix,
    parameterGradients: LayerNormParameters?, statistics: RowStatistics, on pool: ThreadPool
) {
    precondition(
        x.rows == outputGradient.rows && x.columns == outputGradient.columns
            && x.rows == inputGradient.rows && x.columns == inputGradient.columns
            && parameters.gain.columns == x.columns && statistics.count >= x.rows)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.rows, atLeast: 16) { rows in
        for row in rows {
            dixie_layer_norm_backward(
                level, x.row(row), parameters.gain.base, outputGradient.row(row),
                inputGradient.row(row), statistics.base + row, x.columns)
        }
    }
    guard let gradients = parameterGradients else { return }
    pool.forEachSlice(of: x.columns, atLeast: 64, multipleOf: 16) { columns in
        let first = columns.lowerBound
        for row in 0..<x.rows {
            dixie_layer_norm_parameters_backward(
                level, x.row(row) + first, outputGradient.row(row) + first, statistics.base[row],
                gradients.gain.base + first, gradients.bias.base + first, columns.count)
        }
    }
}

/// Means and scales of rows, which one part of a layer norm's backward pass leaves for the other.
///
/// @unchecked Sendable because rows are shared out: no two threads write one element.
public final class RowStatistics: @unchecked Sendable {
    fileprivate let base: UnsafeMutablePointer<dixie_row_statistics>
    let count: Int

    public init(rows count: Int) {
        self.count = count
        base = .allocate(capacity: count)
        base.initialize(repeating: dixie_row_statistics(mean: 0, scale: 0), count: count)
    }

    deinit { base.deallocate() }
}

/// `y` = GPT-2's GELU of `x`, which stays.
public func gelu(_ x: Matrix, into y: Matrix, on pool: ThreadPool) {
    let count = x.floats.count
    precondition(y.floats.count == count, "shapes do not fit")
    let level = dixie_cpu_level()
    pool.forEachSlice(of: count, atLeast: 2048, multipleOf: 16) { range in
        dixie_gelu_apart(level, x.base + range.lowerBound, y.base + range.lowerBound, range.count)
    }
}

/// Makes the gradient by a GELU's output the one by its input `x`, in place.
public func geluBackward(_ x: Matrix, gradient: Matrix, on pool: ThreadPool) {
    let count = x.floats.count
    precondition(gradient.floats.count == count, "shapes do not fit")
    let level = dixie_cpu_level()
    pool.forEachSlice(of: count, atLeast: 2048, multipleOf: 16) { range in
        dixie_gelu_backward(
            level, x.base + range.lowerBound, gradient.base + range.lowerBound, range.count)
    }
}

/// Makes the gradient by a row's softmax `p` the one by scale⁻¹ times what the softmax was given,
/// in place, over the first `width` floats.
public func softmaxBackward(
    _ p: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, width: Int, scale: Float
) {
    dixie_softmax_backward(dixie_cpu_level(), p, gradient, width, scale)
}

/// Adds the sum of all rows of `x` to the one row `sums`: a bias's gradient.
public func addColumnSums(of x: Matrix, to sums: Matrix, on pool: ThreadPool) {
    precondition(sums.rows == 1 && sums.columns == x.columns)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.columns, atLeast: 64, multipleOf: 16) { columns in
        for row in 0..<x.rows {
            dixie_add(
                level, x.row(row) + columns.lowerBound, sums.base + columns.lowerBound,
                columns.count)
        }
    }
}

/// `y` += `x`, row by row.
public func add(_ x: Matrix, to y: Matrix, on pool: ThreadPool) {
    precondition(x.rows == y.rows && x.columns == y.columns)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.rows, atLeast: 16) { rows in
        for row in rows { dixie_add(level, x.row(row), y.row(row), x.columns) }
    }
}

/// The cross-entropy of each row of logits, and its gradient.
///
/// - Parameters:
///   - logits: [n, V]; become the gradient by them, times `scale`. A row without a target becomes
///     zero.
///   - targets: [n], the id that should have followed; negative where nothing is to be learned.
///   - scale: what the gradient is multiplied by, such as one over the number of targets; nil when
///     only the loss is wanted, and then the logits stay.
///   - losses: [n], in nats; 0 without a target.
///   - pool: shares the rows out.
public func crossEntropy(
    _ logits: Matrix, targets: some Collection<Int32> & Sendable, scale: Float?,
    losses: UnsafeMutablePointer<Float>, on pool: ThreadPool
) {
    let targets = Array(targets)
    precondition(targets.count == logits.rows, "a row has one target")
    let level = dixie_cpu_level()
    let losses = Matrix(base: losses, rows: 1, columns: logits.rows)
    pool.forEachSlice(of: logits.rows, atLeast: 1) { rows in
        for row in rows {
            let target = Int(targets[row])
            if target >= 0 {
                precondition(target < logits.columns, "no such token")
                dixie_cross_entropy(
                    level, logits.row(row), logits.columns, target, scale ?? 0,
                    scale == nil ? 1 : 0, losses.base + row)
            } else {
                losses.base[row] = 0
                if scale != nil { logits.row(row).update(repeating: 0, count: logits.columns) }
            }
        }
    }
}
