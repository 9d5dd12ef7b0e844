/// One step of Adam for one weight, with the bias corrections in the numbers.
public struct ReferenceAdamStep: Sendable {
    public var gradientScale, beta1, beta2, stepSize, rootScale, epsilon, kept: Double

    public init(
        gradientScale: Double, beta1: Double, beta2: Double, stepSize: Double, rootScale: Double,
        epsilon: Double, kept: Double
    ) {
        self.gradientScale = gradientScale
        self.beta1 = beta1
        self.beta2 = beta2
        self.stepSize = stepSize
        self.rootScale = rootScale
        self.epsilon = epsilon
        self.kept = kept
    }

    /// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g², w = kept·w − stepSize · m / (√v·rootScale + ε).
    public func apply(
        to weight: inout Double, gradient: Double, first: inout Double, second: inout Double
    ) {
        let gradient = gradient * gradientScale
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * gradient * gradient
        weight =
            kept * weight - stepSize * first / (second.squareRoot() * rootScale + epsilon)
    }
}
