import Compute
import GPT2

/// Changes weights by their gradients. Belongs to the thread that trains.
public protocol Optimizer: AnyObject {
    /// How many steps it has taken; its bias corrections depend on it.
    var stepCount: Int { get set }

    /// What it remembers from step to step, to be kept in a checkpoint and filled from one.
    var state: [OptimizerTensor] { get }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - learningRate: of this step.
    ///   - gradientScale: what gradients are multiplied by first; below 1 where they are clipped.
    ///   - pool: does the arithmetic.
    func step(learningRate: Double, gradientScale: Double, on pool: ThreadPool)
}

/// One tensor of an optimizer's state.
public struct OptimizerTensor: Sendable {
    /// Such as `first.wte.weight`.
    public let name: String
    public let shape: [Int]
    public let floats: FloatSlice
}

/// Which tensors of a model are trained: all, or those of the blocks.
public struct TrainableParameters: Sendable {
    public let entries: [ParameterTable.Entry]
    /// Where they lie in the arena, without a gap.
    public let range: Range<Int>

    public init(_ table: ParameterTable, onlyBlocks: Bool) {
        entries = table.entries.filter {
            guard onlyBlocks else { return true }
            return if case .block = $0.parameter { true } else { false }
        }
        let start = entries.first?.offset ?? 0
        let end = entries.last.map { $0.offset + $0.count } ?? start
        range = start..<end
    }

    /// How many numbers are trained.
    public var count: Int { entries.reduce(0) { $0 + $1.count } }
}

/// The optimizers there are, by the names of the command line.
public enum OptimizerKind: String, CaseIterable, Sendable {
    case adam, adamw, sgd, adafactor

    /// Makes one for a model.
    ///
    /// - Parameters:
    ///   - weights: changed by each step.
    ///   - gradients: laid out like them; a step may use them up.
    ///   - parameters: those that are trained.
    ///   - beta2: of Adam and AdamW.
    ///   - weightDecay: of AdamW.
    /// - Returns: one that has taken no step yet.
    /// - Throws: `ComputeError` when there is no memory for its state.
    public func make(
        weights: Weights, gradients: Weights, parameters: TrainableParameters,
        beta2: Double = 0.999, weightDecay: Double = 0
    ) throws -> any Optimizer {
        switch self {
        case .adam:
            try Adam(
                .tensorFlow, weights: weights, gradients: gradients, parameters: parameters,
                beta2: beta2)
        case .adamw:
            try Adam(
                .decoupled(weightDecay: weightDecay), weights: weights, gradients: gradients,
                parameters: parameters, beta2: beta2)
        case .sgd: GradientDescent(weights: weights, gradients: gradients, parameters: parameters)
        case .adafactor:
            try Adafactor(weights: weights, gradients: gradients, parameters: parameters)
        }
    }

    /// Floats of state, for an estimate of memory.
    public func stateCount(of parameters: TrainableParameters) -> Int {
        switch self {
        case .adam, .adamw: 2 * parameters.range.count
        case .sgd: 0
        case .adafactor:
            parameters.entries.reduce(0) { $0 + Adafactor.stateCount(of: $1.shape) }
        }
    }
}
