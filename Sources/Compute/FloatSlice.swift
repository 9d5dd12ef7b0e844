/// Some floats in a row of a buffer that somebody else owns.
///
/// @unchecked Sendable because a view says where floats are, not who may write them: the threads
/// of one operation write disjoint parts, and operations follow one another.
public struct FloatSlice: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let count: Int

    public init(base: UnsafeMutablePointer<Float>, count: Int) {
        self.base = base
        self.count = count
    }

    /// A part of it, sharing the floats.
    public subscript(range: Range<Int>) -> FloatSlice {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return FloatSlice(base: base + range.lowerBound, count: range.count)
    }
}

extension FloatBuffer {
    /// Some of its floats, by default all.
    public func slice(_ range: Range<Int>? = nil) -> FloatSlice {
        let all = FloatSlice(base: floats.baseAddress.unsafelyUnwrapped, count: floats.count)
        return range.map { all[$0] } ?? all
    }
}
