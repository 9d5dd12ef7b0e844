import CKernels

/// What `LayerNorm` scales and shifts by: gain and bias, each of the width of a row.
public struct LayerNormParameters: Sendable {
    public let gain: Matrix
    public let bias: Matrix

    public init(gain: Matrix, bias: Matrix) {
        self.gain = gain
        self.bias = bias
    }
}

/// Each row of `y` = the row of `x` with mean 0 and variance 1, times gain, plus bias.
public func layerNorm(
    _ x: Matrix, _ parameters: LayerNormParameters, into y: Matrix, on pool: ThreadPool
) {
    precondition(
        x.columns == y.columns && x.rows == y.rows && parameters.gain.columns == x.columns
            && parameters.bias.columns == x.columns)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.rows, atLeast: 16) { rows in
        for row in rows {
            dixie_layer_norm(
                level, x.row(row), parameters.gain.base, parameters.bias.base, y.row(row),
                x.columns)
        }
    }
}

/// GPT-2's GELU (the tanh form) of every element, in place.
public func gelu(_ x: Matrix, on pool: ThreadPool) {
    precondition(x.stride == x.columns, "rows are not contiguous")
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.rows * x.columns, atLeast: 2048, multipleOf: 16) { range in
        dixie_gelu(level, x.base + range.lowerBound, range.count)
    }
}

/// Each row of `y` += `row`, such as a bias.
public func addRow(_ row: Matrix, toEachRowOf y: Matrix) {
    precondition(row.rows == 1 && row.columns == y.columns)
    let level = dixie_cpu_level()
    for index in 0..<y.rows { dixie_add(level, row.base, y.row(index), y.columns) }
}

/// Each row of `y` = `row`.
public func copyRow(_ row: Matrix, toEachRowOf y: Matrix) {
    precondition(row.rows == 1 && row.columns == y.columns)
    for index in 0..<y.rows { y.row(index).update(from: row.base, count: y.columns) }
}

/// exp(scale · x) over its sum, in place, over the first `width` of a row's floats.
public func softmax(_ row: UnsafeMutablePointer<Float>, width: Int, scale: Float = 1) {
    precondition(width > 0)
    dixie_softmax(dixie_cpu_level(), row, width, scale)
}
