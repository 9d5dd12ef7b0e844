import Compute

/// Causal self-attention of new tokens over those before them and one another.
struct Attention {
    let headCount: Int
    let headWidth: Int
    /// Room for the scores of one tile a head: [H, tileRows × capacity].
    private let scores: FloatBuffer
    private let scoresPerHead: Int

    /// How many queries are scored at a time: enough to make a matrix product of it, few enough
    /// that a tile's scores stay in cache.
    private static let tileRows = 64

    init(_ hyperparameters: Hyperparameters) throws {
        headCount = hyperparameters.headCount
        headWidth = hyperparameters.headWidth
        scoresPerHead = Self.tileRows * hyperparameters.contextLength
        scores = try FloatBuffer(count: headCount * scoresPerHead)
    }

    /// Stores the keys and values of the new tokens in the cache, and attends.
    ///
    /// - Parameters:
    ///   - qkv: [n, 3C], queries, keys and values of the new tokens.
    ///   - output: [n, C], the weighted values, head by head.
    ///   - cache: holds the `cache.count` tokens before; its count is left alone.
    ///   - layer: which layer's part of the cache.
    ///   - pool: shares out the heads.
    func run(
        _ qkv: Matrix, into output: Matrix, cache: KVCache, layer: Int, on pool: ThreadPool
    ) {
        let C = headCount * headWidth
        let past = cache.count
        let planes = (0..<headCount).map {
            (keys: cache.keys(layer: layer, head: $0), values: cache.values(layer: layer, head: $0))
        }
        pool.forEachSlice(of: headCount, atLeast: 1) { heads in
            for head in heads {
                let columns = head * headWidth..<(head + 1) * headWidth
                let queries = qkv.columns(columns)
                let (keys, values) = planes[head]
                for row in 0..<qkv.rows {
                    let new = qkv.row(row) + head * headWidth
                    keys.row(past + row).update(from: new + C, count: headWidth)
                    values.row(past + row).update(from: new + 2 * C, count: headWidth)
                }
                for start in stride(from: 0, to: qkv.rows, by: Self.tileRows) {
                    let rows = start..<min(start + Self.tileRows, qkv.rows)
                    attend(
                        queries.rows(rows), from: past + start, keys: keys, values: values,
                        head: head, into: output.columns(columns).rows(rows))
                }
            }
        }
    }

    /// One tile: queries [m, D] of the tokens at `position` and after, against all up to them.
    private func attend(
        _ queries: Matrix, from position: Int, keys: Matrix, values: Matrix, head: Int,
        into output: Matrix
    ) {
        let visible = position + queries.rows
        let tile = scores.matrix(
            at: head * scoresPerHead, rows: queries.rows, columns: visible)
        multiplySerially(queries, keys.rows(0..<visible), .transposed, into: tile)
        let scale = 1 / Float(headWidth).squareRoot()
        for row in 0..<queries.rows {
            let seen = position + row + 1
            softmax(tile.row(row), width: seen, scale: scale)
            // What comes after a token has no weight for it.
            (tile.row(row) + seen).update(repeating: 0, count: visible - seen)
        }
        multiplySerially(tile, values.rows(0..<visible), into: output)
    }
}
