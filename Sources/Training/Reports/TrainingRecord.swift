/// What one step of training came to.
public struct TrainingRecord: Sendable, Equatable {
    /// Counted from the run's first step, over every time it was resumed.
    public var step: Int
    /// Mean cross-entropy of the step's targets, in nats.
    public var loss: Double
    /// What `LossAverage` makes of the losses up to here, in nats.
    public var averageLoss: Double
    public var learningRate: Double
    /// L2 norm over all gradients, before any clipping.
    public var gradientNorm: Double
    public var tokensPerSecond: Double
    /// In nats; nil at a step after which nothing was validated.
    public var validationLoss: Double?

    public init(
        step: Int, loss: Double, averageLoss: Double, learningRate: Double, gradientNorm: Double,
        tokensPerSecond: Double, validationLoss: Double? = nil
    ) {
        self.step = step
        self.loss = loss
        self.averageLoss = averageLoss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.tokensPerSecond = tokensPerSecond
        self.validationLoss = validationLoss
    }
}
