import Foundation

/// exp(scale · x) over its sum, for one row.
public enum ReferenceSoftmax {
    public static func forward(_ x: [Double], scale: Double = 1) -> [Double] {
        let highest = x.max() ?? 0
        let powers = x.map { exp(scale * ($0 - highest)) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// - Parameters:
    ///   - p: what the softmax gave.
    ///   - outputGradient: the gradient by `p`.
    ///   - scale: as the softmax was given.
    /// - Returns: the gradient by what the softmax was given.
    public static func backward(
        _ p: [Double], outputGradient: [Double], scale: Double = 1
    ) -> [Double] {
        let mean = zip(p, outputGradient).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(p, outputGradient).map { scale * $0 * ($1 - mean) }
    }
}
