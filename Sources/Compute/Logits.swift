import CKernels

/// A view of the logits of one step, [V], and what choosing a token does with them first, on this
/// thread; somebody else owns them.
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
        var place = 0
        dixie_find(level, base, count, highest, &place)
        // Where there is none, as none is a number, it is as good as any.
        return place < count ? Int32(place) : 0
    }

    public func contains(_ token: Int32) -> Bool { floats.indices.contains(Int(token)) }

    /// Makes each the weight of its token, exp(logit - highest), in place, or 0 where that is lower than
    /// a float of full precision holds.
    ///
    /// - Returns: a view of what are logits no more.
    public func exponentiate() -> TokenWeights {
        var sum = 0.0
        dixie_exponentiate(level, base, count, highest, &sum)
        return TokenWeights(UnsafeBufferPointer(floats), sum: sum)
    }
}
