/// What stands behind the progress bar of training:
/// `loss 2.31 · avg 2.40 · 5,120 tokens/s · 3 min 12 s left · peak 1.2 GB`.
public struct ProgressNote: Sendable, Equatable {
    public var loss: Double
    public var averageLoss: Double
    public var tokensPerSecond: Double
    /// Nil where it is not known, or the run has no end.
    public var secondsLeft: Double?
    /// Bytes; nil where the system does not say.
    public var peakMemory: Int?

    public init(
        loss: Double, averageLoss: Double, tokensPerSecond: Double, secondsLeft: Double? = nil,
        peakMemory: Int? = PeakMemory.byteCount()
    ) {
        self.loss = loss
        self.averageLoss = averageLoss
        self.tokensPerSecond = tokensPerSecond
        self.secondsLeft = secondsLeft
        self.peakMemory = peakMemory
    }
}

extension ProgressNote: CustomStringConvertible {
    public var description: String {
        let parts = [
            "loss \(HumanUnits.loss(loss))", "avg \(HumanUnits.loss(averageLoss))",
            "\(HumanUnits.grouped(tokensPerSecond)) tokens/s",
            secondsLeft.map { "\(HumanUnits.duration($0)) left" },
            peakMemory.map { "peak \(HumanUnits.bytes($0))" },
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }
}
