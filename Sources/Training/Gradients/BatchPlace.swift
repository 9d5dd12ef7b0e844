import Compute

/// Where the rows of a batch stand: window after window, T rows each.
struct BatchPlace: Sendable {
    /// B
    let windowCount: Int
    /// T
    let windowLength: Int
    /// Which of the run's windows the first one is; dropout depends on it.
    let firstWindow: Int

    /// N = B · T
    var rowCount: Int { windowCount * windowLength }

    /// Drops elements of every row of `x` [N, C], the same ones each time for the same site; does
    /// nothing without a dropout.
    func drop(_ x: Matrix, by dropout: Dropout?, at site: DropoutSite, on pool: ThreadPool) {
        guard let dropout else { return }
        pool.forEachSlice(of: rowCount, atLeast: 16) { rows in
            for row in rows {
                dropout.drop(
                    x.row(row), count: x.columns, row: row % windowLength,
                    window: firstWindow + row / windowLength, site: site.number)
            }
        }
    }
}

/// The places of a model where elements are dropped, each with random numbers of its own.
enum DropoutSite {
    case embedding
    case attention(layer: Int, head: Int)
    case attentionOutput(layer: Int)
    case hiddenOutput(layer: Int)

    /// A layer has 10 bits and a head 17, as `Hyperparameters` bounds them.
    var number: UInt32 {
        switch self {
        case .embedding: 0
        case .attention(let layer, let head): 1 << 28 | UInt32(layer) << 17 | UInt32(head)
        case .attentionOutput(let layer): 2 << 28 | UInt32(layer)
        case .hiddenOutput(let layer): 3 << 28 | UInt32(layer)
        }
    }
}
