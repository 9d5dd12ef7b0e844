import CKernels

/// A view of the logits of one step, [V], and what choosing a token does with them, on this thread;
/// somebody else owns them.
public struct Logits {
    public let floats: UnsafeMutableBufferPointer<Float>
    private let base: UnsafeMutablePointer<Float>
    private let level = dixie_cpu_level()

    /// - Parameter floats: one or more.
    public init(_ floats: UnsafeMutableBufferPointer<Float>) {
        guard let base = floats.baseAddress, !floats.isEmpty else {
            preconditionFailure("a vocabulary has a token")
        }
        self.floats = floats
        self.base = base
    }

    public var count: Int { floats.count }

    public subscript(token: Int) -> Float {
        get { floats[token] }
        nonmutating set { floats[token] = newValue }
    }

    /// Divides each by a temperature, or another number.
    ///
    /// - Parameter divisor: 1 changes nothing.
    /// - Returns: whether all that comes out is finite.
    public func divide(by divisor: Float) -> Bool {
        var isFinite: Int32 = 0
        dixie_divide(level, base, count, divisor, &isFinite)
        return isFinite != 0
    }

    /// The largest.
    public var highest: Float {
        var highest: Float = 0
        dixie_highest(level, base, count, &highest)
        return highest
    }

    /// The first token with the largest.
    public var firstOfHighest: Int32 {
        let highest = highest
        return Int32(floats.firstIndex { $0 == highest } ?? 0)
    }

    public func contains(_ token: Int32) -> Bool { floats.indices.contains(Int(token)) }

    /// The sum of exp(logit - highest) over some that are not below a threshold.
    ///
    /// - Parameters:
    ///   - tokens: which ones are looked at.
    ///   - highest: of all.
    ///   - threshold: -infinity for all of them.
    /// - Returns: in double precision, of powers within 2 units in a float's last place.
    public func weight(of tokens: Range<Int>, highest: Float, from threshold: Float) -> Double {
        var sum = 0.0
        dixie_weigh(
            level, base + tokens.lowerBound, tokens.count, highest, threshold, nil, &sum)
        return sum
    }

    /// exp(logit - highest) of each token in a range, 0 for those below a threshold.
    ///
    /// - Parameters:
    ///   - tokens: which ones.
    ///   - highest: of all.
    ///   - threshold: -infinity for all of them.
    /// - Returns: as many as there are tokens.
    public func weights(of tokens: Range<Int>, highest: Float, from threshold: Float) -> [Float] {
        [Float](unsafeUninitializedCapacity: tokens.count) { weights, used in
            var sum = 0.0
            dixie_weigh(
                level, base + tokens.lowerBound, tokens.count, highest, threshold,
                weights.baseAddress, &sum)
            used = tokens.count
        }
    }

    /// How many logits there are at which depth below the highest, and what they weigh.
    ///
    /// - Parameter highest: of all.
    /// - Returns: the stair from the highest down.
    public func stair(below highest: Float) -> LogitStair {
        var stair = LogitStair()
        dixie_count_steps(level, base, count, highest, &stair.masses, &stair.counts)
        return stair
    }

    /// The logits on one step of the stair.
    ///
    /// - Parameters:
    ///   - step: which one, 0 at the top.
    ///   - stair: of these logits.
    ///   - highest: of all.
    /// - Returns: from the highest down.
    public func values(on step: Int, of stair: LogitStair, below highest: Float) -> [Float] {
        let values = [Float](unsafeUninitializedCapacity: Int(stair.counts[step])) { values, used in
            if values.count > 0, let start = values.baseAddress {
                dixie_gather_step(level, base, count, highest, step, start, &used)
            }
        }
        return values.sorted(by: >)
    }
}

/// Logits by their depth below the highest, 64 steps to a difference of 1; the last step holds all
/// that is deeper.
public struct LogitStair {
    /// Of each step: the sum of exp(logit - highest).
    public fileprivate(set) var masses = [Double](repeating: 0, count: dixie_step_count)
    /// Of each step: how many there are.
    public fileprivate(set) var counts = [UInt32](repeating: 0, count: dixie_step_count)
}
