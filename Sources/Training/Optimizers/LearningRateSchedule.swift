import Foundation

/// The learning rate of each step.
public struct LearningRateSchedule: Sendable, Equatable {
    public enum Shape: Sendable, Equatable {
        /// The same rate at every step, after the warm-up if there is one.
        case constant
        /// The original's: a warm-up from 0, then cosines that fall from the rate to 0 and start
        /// again every `period` steps, counted from step 0; never below `least`.
        case restarts(period: Int, least: Double)
        /// After the warm-up one cosine from the rate to `fraction` of it at step `steps`, and that
        /// from then on.
        case cosine(steps: Int, fraction: Double)
    }

    public var rate: Double
    public var warmup: Int
    public var shape: Shape

    public init(rate: Double, warmup: Int = 0, shape: Shape = .constant) {
        self.rate = rate
        self.warmup = warmup
        self.shape = shape
    }

    /// The rate of a step before which `step` were taken, over all sessions of a run.
    public func rate(at step: Int) -> Double {
        switch shape {
        case .constant:
            return step < warmup ? rate * Double(step + 1) / Double(warmup) : rate
        case .restarts(let period, let least):
            let phase = Double(step % max(1, period)) / Double(max(1, period))
            let free =
                step < warmup
                ? rate * Double(step) / Double(warmup) : rate * 0.5 * (1 + cos(Double.pi * phase))
            return max(least, free)
        case .cosine(let steps, let fraction):
            if step < warmup { return rate * Double(step + 1) / Double(warmup) }
            let lowest = rate * fraction
            guard step < steps else { return lowest }
            let done = Double(step - warmup) / Double(max(1, steps - warmup))
            return lowest + (rate - lowest) * 0.5 * (1 + cos(Double.pi * done))
        }
    }
}
