import Compute
import GPT2
import Testing
import Training

@Suite struct OptimizerTests {
    /// Name of the fixture's losses, the optimizer, its rate, and the norm to clip to.
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let kind: OptimizerKind
        let rate: Double
        var beta2 = 0.999
        var weightDecay = 0.0
        var clip: Double?
        var description: String { name }
    }

    static let cases = [
        Case(name: "adam", kind: .adam, rate: 1e-3),
        Case(name: "adamw", kind: .adamw, rate: 1e-3, beta2: 0.95, weightDecay: 0.1),
        Case(name: "sgd", kind: .sgd, rate: 0.05),
        Case(name: "adafactor", kind: .adafactor, rate: 0.003),
        Case(name: "clipped", kind: .sgd, rate: 0.5, clip: 0.5),
    ]

    @Test(arguments: TrainingFixture.names, cases)
    func tenStepsFollowPyTorchs(_ name: String, _ expected: Case) throws {
        let fixture = try TrainingFixture(name)
        let weights = try fixture.weights()
        let pass = try fixture.pass(weights)
        let pool = ThreadPool(threadCount: 2)
        let parameters = TrainableParameters(weights.table, onlyBlocks: false)
        let optimizer = try expected.kind.make(
            weights: weights, gradients: pass.gradients, parameters: parameters,
            beta2: expected.beta2, weightDecay: expected.weightDecay)
        let losses = try #require(fixture.losses[expected.name])
        #expect(losses.count == 11)
        let count = Double(fixture.targetCount)
        for loss in losses.dropLast() {
            clear(pass.gradients.buffer.slice(), on: pool)
            let sum = pass.accumulate(fixture.windows, firstWindow: 0, scale: 1 / count)
            #expect(abs(sum / count - loss) <= 1e-4 * loss)
            let norm = sumOfSquares(pass.gradients.buffer.slice(), on: pool).squareRoot()
            let scale = expected.clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
            optimizer.step(learningRate: expected.rate, gradientScale: scale, on: pool)
        }
        let last = try #require(losses.last)
        #expect(abs(pass.loss(of: fixture.windows) / count - last) <= 1e-4 * last)
        #expect(optimizer.stepCount == 10)
    }

    @Test(arguments: OptimizerKind.allCases)
    func whatIsNotTrainedStays(_ kind: OptimizerKind) throws {
        let fixture = try TrainingFixture("deep")
        let weights = try fixture.weights()
        let before = try fixture.weights()
        var settings = PassSettings()
        settings.trainsOnlyBlocks = true
        let pass = try fixture.pass(weights, settings: settings)
        let optimizer = try kind.make(
            weights: weights, gradients: pass.gradients,
            parameters: TrainableParameters(weights.table, onlyBlocks: true), weightDecay: 0.1)
        _ = pass.accumulate(fixture.windows, firstWindow: 0, scale: 0.01)
        optimizer.step(learningRate: 0.01, gradientScale: 1, on: ThreadPool(threadCount: 1))
        for entry in weights.table.entries {
            let isSame = floats(weights, entry) == floats(before, entry)
            if case .block = entry.parameter {
                #expect(!isSame, "\(entry.parameter.name)")
            } else {
                #expect(isSame, "\(entry.parameter.name)")
            }
        }
    }

    @Test(arguments: OptimizerKind.allCases)
    func stateHasTheSizeItIsEstimatedAt(_ kind: OptimizerKind) throws {
        let fixture = try TrainingFixture("deep")
        let weights = try fixture.weights()
        let parameters = TrainableParameters(weights.table, onlyBlocks: false)
        let optimizer = try kind.make(
            weights: weights, gradients: fixture.weights(), parameters: parameters)
        let count = optimizer.state.reduce(0) { $0 + $1.floats.count }
        #expect(optimizer.state.allSatisfy { $0.shape.reduce(1, *) == $0.floats.count })
        #expect(Set(optimizer.state.map(\.name)).count == optimizer.state.count)
        // The estimate counts the padding between tensors as well.
        #expect(count <= kind.stateCount(of: parameters))
        #expect(kind.stateCount(of: parameters) < count + 32 * 2 * parameters.entries.count)
    }
}
