import CKernels

/// Drops elements of rows by chance, and multiplies the others so that a row's expectation stays.
///
/// Which elements is a function of the seed and of where the row stands: the backward pass drops
/// the same ones again without having kept a mask, whatever the thread, and so do several machines
/// that share out a batch.
public struct Dropout: Sendable {
    private var counter: dixie_dropout

    /// - Parameters:
    ///   - rate: how likely an element is dropped, in 0 ..< 1.
    ///   - seed: of the run.
    public init(rate: Double, seed: UInt64) {
        precondition(rate >= 0 && rate < 1, "a rate that leaves nothing")
        counter = dixie_dropout(
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            row: 0, window: 0, site: 0, threshold: UInt32(rate * 4_294_967_296),
            scale: Float(1 / (1 - rate)))
    }

    /// Drops from one row.
    ///
    /// - Parameters:
    ///   - floats: its first element.
    ///   - count: how many there are.
    ///   - row: which row of the window it is.
    ///   - window: which of a run's windows.
    ///   - site: where in the model.
    public func drop(
        _ floats: UnsafeMutablePointer<Float>, count: Int, row: Int, window: Int, site: UInt32
    ) {
        var counter = counter
        counter.row = UInt32(truncatingIfNeeded: row)
        counter.window = UInt32(truncatingIfNeeded: window)
        counter.site = site
        dixie_drop(dixie_cpu_level(), &counter, floats, count)
    }
}
