/// Adam as its paper writes it down, for one tensor.
struct ReferenceAdam {
    var weights: [Double]
    private(set) var first: [Double]
    private(set) var second: [Double]
    private var stepCount = 0.0
    let beta2: Double
    /// What weights decay by, times the rate; nil for the order in which TensorFlow 1 computes:
    /// ε beside the root that is not corrected yet.
    let decay: Double?

    init(_ weights: [Double], beta2: Double, decay: Double?) {
        self.weights = weights
        first = [Double](repeating: 0, count: weights.count)
        second = first
        self.beta2 = beta2
        self.decay = decay
    }

    mutating func step(_ gradients: [Double], rate: Double) {
        stepCount += 1
        var (power1, power2) = (1.0, 1.0)
        for _ in 0..<Int(stepCount) {
            power1 *= 0.9
            power2 *= beta2
        }
        for (index, gradient) in gradients.enumerated() {
            first[index] = 0.9 * first[index] + 0.1 * gradient
            second[index] = beta2 * second[index] + (1 - beta2) * gradient * gradient
            if let decay {
                let mean = first[index] / (1 - power1)
                let square = second[index] / (1 - power2)
                weights[index] -= rate * decay * weights[index]
                weights[index] -= rate * mean / (square.squareRoot() + 1e-8)
            } else {
                let corrected = rate * (1 - power2).squareRoot() / (1 - power1)
                weights[index] -= corrected * first[index] / (second[index].squareRoot() + 1e-8)
            }
        }
    }
}
