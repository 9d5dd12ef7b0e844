import Compute
import GPT2

/// Adam (Kingma and Ba, 2015), as TensorFlow 1 computes it, or with Loshchilov and Hutter's
/// decoupled decay, as PyTorch computes AdamW.
final class Adam: Optimizer {
    enum Variant {
        /// ε is added to √v before the bias correction; no decay.
        case tensorFlow
        /// ε is added after; weights of matrices decay by the rate times this, vectors do not.
        case decoupled(weightDecay: Double)
    }

    var stepCount = 0
    private let variant: Variant
    private let weights: Weights
    private let gradients: Weights
    private let parameters: TrainableParameters
    private let first: FloatBuffer
    private let second: FloatBuffer
    private let beta1 = 0.9
    private let beta2: Double
    private let epsilon = 1e-8

    init(
        _ variant: Variant, weights: Weights, gradients: Weights, parameters: TrainableParameters,
        beta2: Double
    ) throws {
        self.variant = variant
        self.weights = weights
        self.gradients = gradients
        self.parameters = parameters
        self.beta2 = beta2
        first = try FloatBuffer(count: parameters.range.count)
        second = try FloatBuffer(count: parameters.range.count)
    }

    var state: [OptimizerTensor] {
        [("first", first), ("second", second)].flatMap { name, buffer in
            parameters.entries.map { entry in
                let start = entry.offset - parameters.range.lowerBound
                return OptimizerTensor(
                    name: "\(name).\(entry.parameter.name)", shape: entry.shape,
                    floats: buffer.slice(start..<start + entry.count))
            }
        }
    }

    func step(learningRate: Double, gradientScale: Double, on pool: ThreadPool) {
        stepCount += 1
        let correction1 = 1 - power(beta1, stepCount)
        let correction2 = 1 - power(beta2, stepCount)
        var numbers = AdamStep(
            gradientScale: Float(gradientScale), beta1: Float(beta1), beta2: Float(beta2),
            stepSize: 0, rootScale: 1, epsilon: Float(epsilon), kept: 1)
        switch variant {
        case .tensorFlow:
            numbers.stepSize = Float(learningRate * correction2.squareRoot() / correction1)
            apply(numbers, to: parameters.range, on: pool)
        case .decoupled(let weightDecay):
            numbers.stepSize = Float(learningRate / correction1)
            numbers.rootScale = Float(1 / correction2.squareRoot())
            for entry in parameters.entries {
                numbers.kept = entry.shape.count > 1 ? Float(1 - learningRate * weightDecay) : 1
                apply(numbers, to: entry.offset..<entry.offset + entry.count, on: pool)
            }
        }
    }

    private func apply(_ numbers: AdamStep, to range: Range<Int>, on pool: ThreadPool) {
        let start = range.lowerBound - parameters.range.lowerBound
        let state = start..<start + range.count
        adamStep(
            numbers, weights: weights.buffer.slice(range), gradients: gradients.buffer.slice(range),
            first: first.slice(state), second: second.slice(state), on: pool)
    }

    /// x to a whole power, by squaring: the same bits on every machine.
    private func power(_ x: Double, _ exponent: Int) -> Double {
        var (result, square, left) = (1.0, x, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return result
    }
}
