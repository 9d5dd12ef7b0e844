import Compute
import GPT2
import TestSupport
import Testing
import Training

/// Optimizers, held to their papers' formulas in double precision: weights, and what is remembered.
@Suite struct OptimizerReferenceTests {
    private static let steps = 5
    private static let rate = 0.01
    private static let gradientScale = 0.375

    @Test func gradientDescentFollowsItsFormula() throws {
        let run = try Run()
        let optimizer = try run.make(.sgd)
        var expected = run.tensors
        try run.steps(optimizer) { gradients in
            for (index, gradient) in gradients.enumerated() {
                let change = gradient.map { -Self.rate * $0 }
                expected[index] = zip(expected[index], change).map { $0 + $1 }
            }
        }
        run.expect(expected)
    }

    @Test(arguments: [0.95, 0.999]) func adamFollowsTensorFlowsFormula(beta2: Double) throws {
        try expectAdam(.adam, beta2: beta2) { _ in nil }
    }

    @Test(arguments: [0, 0.1])
    func adamWFollowsItsFormulaAndDecaysOnlyMatrices(weightDecay: Double) throws {
        try expectAdam(.adamw, beta2: 0.95, weightDecay: weightDecay) { entry in
            entry.shape.count > 1 ? weightDecay : 0
        }
    }

    private func expectAdam(
        _ kind: OptimizerKind, beta2: Double, weightDecay: Double = 0,
        decay: (ParameterTable.Entry) -> Double?
    ) throws {
        let run = try Run()
        let optimizer = try run.make(kind, beta2: beta2, weightDecay: weightDecay)
        var references = zip(run.entries, run.tensors).map {
            ReferenceAdam($1, beta2: beta2, decay: decay($0))
        }
        try run.steps(optimizer) { gradients in
            for index in references.indices {
                references[index].step(gradients[index], rate: Self.rate)
            }
        }
        run.expect(references.map(\.weights))
        for (entry, reference) in zip(run.entries, references) {
            try expect("first.\(entry.parameter.name)", of: optimizer, is: reference.first)
            try expect("second.\(entry.parameter.name)", of: optimizer, is: reference.second)
        }
    }

    @Test func adafactorFollowsItsAlgorithm() throws {
        let run = try Run()
        let optimizer = try run.make(.adafactor)
        func matrix(_ entry: ParameterTable.Entry, _ values: [Double]) -> DoubleMatrix {
            let columns = entry.shape.last ?? 0
            return DoubleMatrix(rows: values.count / columns, columns: columns, values: values)
        }
        var references = zip(run.entries, run.tensors).map {
            ReferenceAdafactor(matrix($0, $1), isVector: $0.shape.count == 1)
        }
        try run.steps(optimizer) { gradients in
            for (index, entry) in run.entries.enumerated() {
                references[index].step(matrix(entry, gradients[index]), rate: Self.rate)
            }
        }
        run.expect(references.map(\.weights.values))
        for (entry, reference) in zip(run.entries, references) {
            try expect("columns.\(entry.parameter.name)", of: optimizer, is: reference.columns)
            if let rows = reference.rows {
                try expect("rows.\(entry.parameter.name)", of: optimizer, is: rows)
            }
        }
    }

    private func expect(
        _ name: String, of optimizer: any Optimizer, is expected: [Double]
    ) throws {
        let tensor = try #require(optimizer.state.first { $0.name == name })
        let floats = UnsafeBufferPointer(start: tensor.floats.base, count: tensor.floats.count)
        #expect(distance(Array(floats), expected) <= 1e-4 * magnitude(expected), "\(name)")
    }

    /// A tiny model's weights, and gradients of all sizes for every step.
    private final class Run {
        let entries: [ParameterTable.Entry]
        /// The weights at the start, tensor by tensor.
        let tensors: [[Double]]
        private let weights: Weights
        private let gradients: Weights
        private let parameters: TrainableParameters
        private var random = SeededGenerator(seed: 31)

        init() throws {
            let size = try TinyModel.size()
            weights = try TinyModel.weights(size, &random)
            gradients = try Weights(zerosFor: size)
            parameters = TrainableParameters(weights.table, onlyBlocks: false)
            entries = parameters.entries
            tensors = entries.map { [weights] in floats(weights, $0).map(Double.init) }
        }

        func make(
            _ kind: OptimizerKind, beta2: Double = 0.999, weightDecay: Double = 0
        ) throws -> any Optimizer {
            try kind.make(
                weights: weights, gradients: gradients, parameters: parameters, beta2: beta2,
                weightDecay: weightDecay)
        }

        /// Takes the steps, and tells before each what its gradients are once they are scaled.
        func steps(_ optimizer: any Optimizer, _ told: ([[Double]]) -> Void) throws {
            let pool = ThreadPool(threadCount: 2)
            for _ in 0..<OptimizerReferenceTests.steps {
                for entry in entries {
                    let drawn = random.floats(entry.count, in: -1...1)
                    // Of size 1, tiny beside Adam's ε, and none at all, as unseen tokens have.
                    let sized = drawn.enumerated().map { index, float in
                        index % 5 == 3 ? 1e-9 * float : index % 7 == 6 ? 0 : float
                    }
                    _ = gradients.floats(of: entry).update(fromContentsOf: sized)
                }
                told(
                    entries.map {
                        floats(gradients, $0).map {
                            OptimizerReferenceTests.gradientScale * Double($0)
                        }
                    })
                optimizer.step(
                    learningRate: OptimizerReferenceTests.rate,
                    gradientScale: OptimizerReferenceTests.gradientScale, on: pool)
            }
            #expect(optimizer.stepCount == OptimizerReferenceTests.steps)
        }

        /// Holds what the steps have changed, not the weights, which are larger.
        func expect(_ expected: [[Double]]) {
            for ((entry, start), end) in zip(zip(entries, tensors), expected) {
                let ours = zip(floats(weights, entry), start).map { Double($0) - $1 }
                let reference = zip(end, start).map { $0 - $1 }
                #expect(magnitude(reference) > 0, "\(entry.parameter.name)")
                #expect(
                    distance(ours, reference) <= 1e-4 * magnitude(reference),
                    "\(entry.parameter.name)")
            }
        }
    }
}
