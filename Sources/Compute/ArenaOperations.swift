import CKernels

/// One step of Adam in numbers: see `adamStep`.
public struct AdamStep: Sendable {
    /// What gradients are multiplied by first.
    public var gradientScale: Float
    public var beta1: Float
    public var beta2: Float
    public var stepSize: Float
    public var rootScale: Float
    public var epsilon: Float
    /// What weights are multiplied by before the step: 1 without decay.
    public var kept: Float

    public init(
        gradientScale: Float, beta1: Float, beta2: Float, stepSize: Float, rootScale: Float,
        epsilon: Float, kept: Float
    ) {
        self.gradientScale = gradientScale
        self.beta1 = beta1
        self.beta2 = beta2
        self.stepSize = stepSize
        self.rootScale = rootScale
        self.epsilon = epsilon
        self.kept = kept
    }
}

/// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g²,
/// w = kept·w − stepSize · m / (√v · rootScale + ε), for every float; g is scaled first.
public func adamStep(
    _ step: AdamStep, weights: FloatSlice, gradients: FloatSlice, first: FloatSlice,
    second: FloatSlice, on pool: ThreadPool
) {
    precondition(
        weights.count == gradients.count && weights.count == first.count
            && weights.count == second.count, "shapes do not fit")
    let numbers = dixie_adam(
        gradient_scale: step.gradientScale, beta1: step.beta1, beta2: step.beta2,
        step_size: step.stepSize, root_scale: step.rootScale, epsilon: step.epsilon,
        kept: step.kept)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: weights.count, atLeast: 4096, multipleOf: 16) { range in
        var numbers = numbers
        dixie_adam_step(
            level, &numbers, weights.base + range.lowerBound, gradients.base + range.lowerBound,
            first.base + range.lowerBound, second.base + range.lowerBound, range.count)
    }
}

/// Σx², in double precision, the same for every number of threads.
public func sumOfSquares(_ x: FloatSlice, on pool: ThreadPool) -> Double {
    let part = 1 << 16
    let parts = (x.count + part - 1) / part
    let sums = UnsafeMutableBufferPointer<Double>.allocate(capacity: parts)
    sums.initialize(repeating: 0)
    defer { sums.deallocate() }
    let results = PartialSums(base: sums)
    let level = dixie_cpu_level()
    pool.forEachSlice(of: parts, atLeast: 1) { range in
        for index in range {
            let start = index * part
            dixie_sum_of_squares(
                level, x.base + start, min(part, x.count - start),
                results.base.baseAddress.unsafelyUnwrapped + index)
        }
    }
    return sums.reduce(0, +)
}

/// @unchecked Sendable because each thread writes the sums of its own parts.
private struct PartialSums: @unchecked Sendable {
    let base: UnsafeMutableBufferPointer<Double>
}

/// y += scale · x, for every float.
public func addScaled(_ x: FloatSlice, by scale: Float, to y: FloatSlice, on pool: ThreadPool) {
    precondition(x.count == y.count, "shapes do not fit")
    let level = dixie_cpu_level()
    pool.forEachSlice(of: x.count, atLeast: 4096, multipleOf: 16) { range in
        dixie_add_scaled(
            level, scale, x.base + range.lowerBound, y.base + range.lowerBound, range.count)
    }
}

/// Makes every float 0.
public func clear(_ x: FloatSlice, on pool: ThreadPool) {
    pool.forEachSlice(of: x.count, atLeast: 65_536, multipleOf: 16) { range in
        (x.base + range.lowerBound).update(repeating: 0, count: range.count)
    }
}
