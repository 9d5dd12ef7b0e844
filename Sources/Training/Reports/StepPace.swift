/// How long a step takes, for saying how much time is left.
///
/// A moving average over about the last twenty steps, without the first, which pays for what is
/// done once.
public struct StepPace: Sendable, Equatable {
    private static let decay = 0.95
    private var stepCount = 0
    private var weightedSum = 0.0
    private var weight = 0.0

    public init() {}

    /// Takes in a step.
    ///
    /// - Parameter seconds: since the one before, with what was validated, drawn and saved on the way.
    public mutating func add(_ seconds: Double) {
        guard seconds.isFinite, seconds >= 0 else { return }
        stepCount += 1
        guard stepCount > 1 else { return }
        weightedSum = weightedSum * Self.decay + seconds
        weight = weight * Self.decay + 1
    }

    /// How long `steps` more will take, in seconds; nil before the second step.
    public func seconds(for steps: Int) -> Double? {
        weight > 0 ? weightedSum / weight * Double(max(steps, 0)) : nil
    }
}
