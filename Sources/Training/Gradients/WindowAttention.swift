import BLAS
import Compute
import GPT2

/// Causal self-attention within windows, forward and backward, tile by tile: of a T × T matrix of
/// weights there is never more than a tile's rows a thread.
struct WindowAttention: Sendable {
    private let headCount: Int
    private let headWidth: Int
    private let windowLength: Int
    /// Room for three tiles a thread: weights, weights after dropout, and gradients.
    private let tiles: FloatBuffer
    private let laneCount: Int
    private let dropout: Dropout?

    /// How many queries are scored at a time: enough to make matrix products of it, few enough
    /// that tiles stay in cache.
    private static let tileRows = 64

    /// - Throws: `ComputeError` when there is no memory for the tiles.
    init(_ size: Hyperparameters, windowLength: Int, dropout: Dropout?, threadCount: Int) throws {
        headCount = size.headCount
        headWidth = size.headWidth
        self.windowLength = windowLength
        self.dropout = dropout
        laneCount = max(1, threadCount)
        tiles = try FloatBuffer(count: laneCount * 3 * Self.tileRows * windowLength)
    }

    /// - Parameters:
    ///   - qkv: [N, 3C], queries, keys and values.
    ///   - output: [N, C], the weighted values, head by head.
    ///   - layer: which block's, for dropout.
    ///   - place: where the batch's rows stand.
    ///   - pool: shares out the heads.
    func forward(
        _ qkv: Matrix, into output: Matrix, layer: Int, at place: BatchPlace, on pool: ThreadPool
    ) {
        forEachHead(of: place, on: pool) { head in
            let q = head.queries(of: qkv)
            let k = head.keys(of: qkv)
            let v = head.values(of: qkv)
            let result = head.part(of: output)
            for rows in Self.tiles(of: place.windowLength) {
                let seen = 0..<rows.upperBound
                let weights = head.tile(0, rows: rows.count, columns: seen.count)
                Self.score(q.rows(rows), k.rows(seen), into: weights)
                drop(weights, from: rows.lowerBound, of: head, layer: layer)
                multiplySerially(weights, v.rows(seen), into: result.rows(rows))
            }
        }
    }

    /// - Parameters:
    ///   - qkv: [N, 3C], as the forward pass was given.
    ///   - outputGradient: [N, C].
    ///   - gradient: [N, 3C], becomes the gradient by `qkv`.
    ///   - layer: which block's, for dropout.
    ///   - place: where the batch's rows stand.
    ///   - pool: shares out the heads.
    func backward(
        _ qkv: Matrix, outputGradient: Matrix, into gradient: Matrix, layer: Int,
        at place: BatchPlace, on pool: ThreadPool
    ) {
        let scale = 1 / Float(headWidth).squareRoot()
        forEachHead(of: place, on: pool) { head in
            let q = head.queries(of: qkv)
            let k = head.keys(of: qkv)
            let v = head.values(of: qkv)
            let dOutput = head.part(of: outputGradient)
            let dq = head.queries(of: gradient)
            let dk = head.keys(of: gradient)
            let dv = head.values(of: gradient)
            for row in 0..<place.windowLength {
                dk.row(row).update(repeating: 0, count: dk.columns)
                dv.row(row).update(repeating: 0, count: dv.columns)
            }
            for rows in Self.tiles(of: place.windowLength) {
                let seen = 0..<rows.upperBound
                let weights = head.tile(0, rows: rows.count, columns: seen.count)
                Self.score(q.rows(rows), k.rows(seen), into: weights)
                var used = weights
                if dropout != nil {
                    used = head.tile(1, rows: rows.count, columns: seen.count)
                    used.base.update(from: weights.base, count: weights.floats.count)
                    drop(used, from: rows.lowerBound, of: head, layer: layer)
                }
                multiplyTransposedSerially(
                    used, dOutput.rows(rows), into: dv.rows(seen), adding: true)
                let dWeights = head.tile(2, rows: rows.count, columns: seen.count)
                multiplySerially(dOutput.rows(rows), v.rows(seen), .transposed, into: dWeights)
                drop(dWeights, from: rows.lowerBound, of: head, layer: layer)
                for row in 0..<rows.count {
                    // Weights behind a token are 0, and so become their gradients.
                    softmaxBackward(
                        weights.row(row), gradient: dWeights.row(row), width: seen.count,
                        scale: scale)
                }
                multiplySerially(dWeights, k.rows(seen), into: dq.rows(rows))
                multiplyTransposedSerially(
                    dWeights, q.rows(rows), into: dk.rows(seen), adding: true)
            }
        }
    }

    private static func tiles(of length: Int) -> [Range<Int>] {
        stride(from: 0, to: length, by: tileRows).map { $0..<min($0 + tileRows, length) }
    }

    /// The weights of a tile: softmax of the scaled scores of what each query sees, then zeros.
    private static func score(_ queries: Matrix, _ keys: Matrix, into weights: Matrix) {
        multiplySerially(queries, keys, .transposed, into: weights)
        let scale = 1 / Float(queries.columns).squareRoot()
        for row in 0..<weights.rows {
            let seen = keys.rows - weights.rows + row + 1
            softmax(weights.row(row), width: seen, scale: scale)
            (weights.row(row) + seen).update(repeating: 0, count: keys.rows - seen)
        }
    }

    private func drop(_ tile: Matrix, from first: Int, of head: Head, layer: Int) {
        guard let dropout else { return }
        let site = DropoutSite.attention(layer: layer, head: head.index).number
        for row in 0..<tile.rows {
            dropout.drop(
                tile.row(row), count: tile.columns, row: first + row, window: head.window,
                site: site)
        }
    }

    /// One head of one window, and the thread's tiles.
    private struct Head: Sendable {
        let index: Int
        /// Of the run.
        let window: Int
        let rows: Range<Int>
        let width: Int
        let modelWidth: Int
        let tileFloats: Matrix  // [3, tileRows × T]

        func queries(of qkv: Matrix) -> Matrix { part(of: qkv) }
        func keys(of qkv: Matrix) -> Matrix { part(of: qkv, from: modelWidth) }
        func values(of qkv: Matrix) -> Matrix { part(of: qkv, from: 2 * modelWidth) }

        func part(of matrix: Matrix, from column: Int = 0) -> Matrix {
            let start = column + index * width
            return matrix.rows(rows).columns(start..<start + width)
        }

        func tile(_ number: Int, rows: Int, columns: Int) -> Matrix {
            Matrix(base: tileFloats.row(number), rows: rows, columns: columns)
        }
    }

    private func forEachHead(
        of place: BatchPlace, on pool: ThreadPool, _ body: @Sendable (Head) -> Void
    ) {
        let tileFloats = (0..<laneCount).map { lane in
            tiles.matrix(
                at: lane * 3 * Self.tileRows * windowLength, rows: 3,
                columns: Self.tileRows * windowLength)
        }
        let (headCount, headWidth, laneCount) = (headCount, headWidth, laneCount)
        let tasks = place.windowCount * headCount
        pool.run(parts: min(laneCount, tasks)) { lane in
            for task in stride(from: lane, to: tasks, by: laneCount) {
                let window = task / headCount
                let start = window * place.windowLength
                body(
                    Head(
                        index: task % headCount, window: place.firstWindow + window,
                        rows: start..<start + place.windowLength, width: headWidth,
                        modelWidth: headCount * headWidth, tileFloats: tileFloats[lane]))
            }
        }
    }
}
