import Checkpoints

/// A picture of a run: the loss of its steps, their average, and the losses of validation.
///
/// Values that are infinite, not a number or absurdly large are left out of the lines and marked
/// where they were. Steps must come in order.
public struct LossCurve: Sendable {
    /// A value at a step.
    struct Point: Sendable, Equatable {
        var step: Int
        var value: Double

        /// Whether there is anything to draw.
        var isDrawable: Bool { abs(value) < 1e12 }
    }

    public var runName: String
    private(set) var loss: [Point] = []
    private(set) var average: [Point] = []
    private(set) var validation: [Point] = []

    /// - Parameters:
    ///   - runName: the picture's title, any text.
    ///   - records: steps to begin with.
    public init(runName: String, records: [TrainingRecord] = []) {
        self.runName = runName
        for record in records { add(record) }
    }

    /// Adds a step, with its validation if there was one.
    public mutating func add(_ record: TrainingRecord) {
        loss.append(Point(step: record.step, value: record.loss))
        average.append(Point(step: record.step, value: record.averageLoss))
        if let value = record.validationLoss { add(validationLoss: value, step: record.step) }
    }

    /// Adds a validation, in place of an earlier one of the same step.
    public mutating func add(validationLoss value: Double, step: Int) {
        if validation.last?.step == step { validation.removeLast() }
        validation.append(Point(step: step, value: value))
    }

    /// Writes the picture as SVG.
    ///
    /// - Parameter path: the file, replaced whole or not at all.
    /// - Throws: `CheckpointError`: the file cannot be written.
    public func write(to path: String) throws {
        try AtomicFile.write(to: path) { try $0.append(Array(svg().utf8)) }
    }

    /// The validation with the least loss.
    var best: Point? {
        validation.filter(\.isDrawable).min { $0.value < $1.value }
    }
}
