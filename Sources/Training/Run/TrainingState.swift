/// All that a run has to remember besides its weights and its optimizer's tensors.
///
/// Random numbers are functions of the seed and of which window they are for, so the seed and the
/// number of windows are the generator's state and the place in the data.
public struct TrainingState: Sendable, Equatable {
    /// Steps taken, over all sessions of the run: the N of `model-N.safetensors`.
    public var step = 0
    /// Windows used up, over all ranks.
    public var windowsUsed = 0
    public var seed: UInt64
    public var averageLoss = LossAverage()
    /// What the run was validated on: losses on something else are not to be compared.
    public var validationSet: String?
    /// The lowest loss on the validation set so far, of which step, and how many validations ago.
    public var lowestValidationLoss: Double?
    public var lowestValidationStep: Int?
    public var validationsSinceLowest = 0
    /// A learning rate that was set while the run went on; it stands for the schedule's highest.
    public var learningRate: Double?
    /// The schedule's highest that it took the place of.
    public var replacedLearningRate: Double?

    /// More than any run will count: beyond it sums could overflow.
    public static let highestCount = 1 << 53

    public init(seed: UInt64) { self.seed = seed }
}

extension TrainingState {
    /// As texts, for a checkpoint's metadata. A number's description reads back as the same number.
    public var fields: [(name: String, value: String)] {
        var fields = [
            ("step", "\(step)"), ("windows_used", "\(windowsUsed)"), ("seed", "\(seed)"),
            ("loss_sum", "\(averageLoss.weightedSum)"), ("loss_weight", "\(averageLoss.weight)"),
            ("validations_since_lowest", "\(validationsSinceLowest)"),
        ]
        if let lowestValidationLoss {
            fields.append(("lowest_validation_loss", "\(lowestValidationLoss)"))
        }
        if let lowestValidationStep {
            fields.append(("lowest_validation_step", "\(lowestValidationStep)"))
        }
        if let learningRate { fields.append(("learning_rate", "\(learningRate)")) }
        if let replacedLearningRate {
            fields.append(("replaced_learning_rate", "\(replacedLearningRate)"))
        }
        if let validationSet { fields.append(("validation_set", validationSet)) }
        return fields
    }

    /// Nil where a field is missing or not what it should be.
    public init?(fields: [String: String]) {
        func number(_ name: String) -> Double? {
            fields[name].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
        }
        func count(_ name: String) -> Int? {
            fields[name].flatMap(Int.init).flatMap {
                (0...Self.highestCount).contains($0) ? $0 : nil
            }
        }
        guard let step = count("step"), let windowsUsed = count("windows_used"),
            let seed = fields["seed"].flatMap(UInt64.init), let sum = number("loss_sum"),
            let weight = number("loss_weight"), let since = count("validations_since_lowest")
        else { return nil }
        for name in ["lowest_validation_loss", "learning_rate", "replaced_learning_rate"]
        where fields[name] != nil && number(name) == nil {
            return nil
        }
        self.init(seed: seed)
        self.step = step
        self.windowsUsed = windowsUsed
        averageLoss = LossAverage(weightedSum: sum, weight: weight)
        validationsSinceLowest = since
        lowestValidationStep = count("lowest_validation_step")
        lowestValidationLoss = number("lowest_validation_loss")
        learningRate = number("learning_rate")
        replacedLearningRate = number("replaced_learning_rate")
        validationSet = fields["validation_set"]
    }
}
