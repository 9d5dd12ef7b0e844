import Compute
import GPT2

/// w −= rate · gradient, and nothing to remember.
final class GradientDescent: Optimizer {
    var stepCount = 0
    let state: [OptimizerTensor] = []
    private let weights: Weights
    private let gradients: Weights
    private let parameters: TrainableParameters

    init(weights: Weights, gradients: Weights, parameters: TrainableParameters) {
        self.weights = weights
        self.gradients = gradients
        self.parameters = parameters
    }

    func step(learningRate: Double, gradientScale: Double, on pool: ThreadPool) {
        stepCount += 1
        addScaled(
            gradients.buffer.slice(parameters.range), by: Float(-learningRate * gradientScale),
            to: weights.buffer.slice(parameters.range), on: pool)
    }
}
