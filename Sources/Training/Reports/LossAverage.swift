/// The original's running average of the loss: exponential, with decay 0.99, and divided by the
/// weight it has gathered, so that it is a true mean from the first step on.
///
/// Both fields belong in a checkpoint: with them a resumed run's average goes on as if nothing
/// had happened.
public struct LossAverage: Sendable, Equatable {
    public static let decay = 0.99

    public var weightedSum: Double
    public var weight: Double

    public init(weightedSum: Double = 0, weight: Double = 0) {
        self.weightedSum = weightedSum
        self.weight = weight
    }

    /// In nats; not a number before the first loss.
    public var value: Double { weightedSum / weight }

    /// Takes in the loss of one step, unless it is infinite or not a number: one bad step would
    /// blind the average for the rest of the run.
    ///
    /// - Parameter loss: of the step, in nats.
    /// - Returns: the average, this loss included.
    @discardableResult
    public mutating func add(_ loss: Double) -> Double {
        if loss.isFinite {
            weightedSum = weightedSum * Self.decay + loss
            weight = weight * Self.decay + 1
        }
        return value
    }
}
