import Compute
import GPT2
import TestSupport
import Testing
import Training

@Suite struct GradientPassTests {
    @Test(arguments: TrainingFixture.names)
    func gradientsOfEveryTensorArePyTorchs(_ name: String) throws {
        let fixture = try TrainingFixture(name)
        let expected = try fixture.gradients()
        let pass = try fixture.pass(fixture.weights())
        let sum = pass.accumulate(
            fixture.windows, firstWindow: 0, scale: 1 / Double(fixture.targetCount))
        #expect(abs(sum / Double(fixture.targetCount) - fixture.loss) < 1e-5)
        for entry in expected.table.entries {
            let (ours, theirs) = (floats(pass.gradients, entry), floats(expected, entry))
            let largest = magnitude(theirs)
            #expect(largest > 0, "\(entry.parameter.name)")
            #expect(distance(ours, theirs) <= 1e-4 * largest, "\(entry.parameter.name)")
        }
    }

    @Test(arguments: TrainingFixture.names)
    func theLossWithoutGradientsIsTheSame(_ name: String) throws {
        let fixture = try TrainingFixture(name)
        let pass = try fixture.pass(fixture.weights())
        let sum = pass.loss(of: fixture.windows)
        #expect(abs(sum / Double(fixture.targetCount) - fixture.loss) < 1e-5)
        #expect(allFloats(pass.gradients).allSatisfy { $0 == 0 })
    }

    @Test func recomputedBlocksGiveTheSameBits() throws {
        let fixture = try TrainingFixture("wide")
        for (attention, residual) in [(0.0, 0.0), (0.2, 0.1)] {
            var settings = PassSettings()
            settings.dropout = .init(embedding: 0.1, attention: attention, residual: residual)
            settings.noise = 0.1
            let plain = try gradients(fixture, settings)
            settings.recomputesBlocks = true
            let recomputed = try gradients(fixture, settings)
            #expect(plain == recomputed)
            #expect(plain.contains { $0 != 0 })
        }
    }

    @Test func aBatchInPartsGivesTheGradientsOfTheWhole() throws {
        let fixture = try TrainingFixture("deep")
        var settings = PassSettings()
        settings.dropout = .init(embedding: 0.1, attention: 0.1, residual: 0.1)
        settings.noise = 0.05
        let whole = try gradients(fixture, settings)
        let pass = try fixture.pass(fixture.weights(), settings: settings)
        for (index, window) in fixture.windows.enumerated() {
            _ = pass.accumulate(
                [window], firstWindow: index, scale: 1 / Double(fixture.targetCount))
        }
        #expect(distance(whole, allFloats(pass.gradients)) <= 1e-5 * magnitude(whole))
    }

    @Test func onlyBlocksAreTouchedWhenOnlyTheyAreTrained() throws {
        let fixture = try TrainingFixture("long")
        let all = try fixture.pass(fixture.weights())
        var settings = PassSettings()
        settings.trainsOnlyBlocks = true
        let some = try fixture.pass(fixture.weights(), settings: settings)
        for pass in [all, some] {
            _ = pass.accumulate(fixture.windows, firstWindow: 0, scale: 1)
        }
        for entry in all.gradients.table.entries {
            let part = floats(some.gradients, entry)
            if case .block = entry.parameter {
                #expect(part == floats(all.gradients, entry), "\(entry.parameter.name)")
            } else {
                #expect(part.allSatisfy { $0 == 0 }, "\(entry.parameter.name)")
            }
        }
    }

    @Test func theSameWindowsGiveTheSameBits() throws {
        let fixture = try TrainingFixture("wide")
        var settings = PassSettings()
        settings.dropout = .init(attention: 0.1)
        #expect(try gradients(fixture, settings) == gradients(fixture, settings))
    }

    @Test func oneThreadAndThreeAgree() throws {
        let fixture = try TrainingFixture("wide")
        let one = try fixture.pass(fixture.weights(), threads: 1)
        let three = try fixture.pass(fixture.weights(), threads: 3)
        for pass in [one, three] { _ = pass.accumulate(fixture.windows, firstWindow: 0, scale: 1) }
        let (ours, theirs) = (allFloats(one.gradients), allFloats(three.gradients))
        #expect(distance(ours, theirs) <= 1e-5 * magnitude(ours))
    }

    @Test func everyPartOfTheArenaIsFinishedOnceAndTheLastLayersFirst() throws {
        let fixture = try TrainingFixture("deep")
        let pass = try fixture.pass(fixture.weights())
        var parts: [Range<Int>] = []
        _ = pass.accumulate(fixture.windows, firstWindow: 0, scale: 1) { parts.append($0) }
        #expect(parts.count == fixture.size.layerCount + 2)
        #expect(parts.first?.upperBound == pass.gradients.table.floatCount)
        #expect(parts.last?.lowerBound == 0)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $1.upperBound == $0.lowerBound })
    }

    /// With dropout the loss is a smooth function of each weight as long as the same elements are
    /// dropped: its slope is what the backward pass says.
    @Test func gradientsWithDropoutAreTheSlopeOfTheLoss() throws {
        let fixture = try TrainingFixture("long")
        var settings = PassSettings()
        settings.dropout = .init(embedding: 0.2, attention: 0.2, residual: 0.2)
        settings.noise = 0.1
        let weights = try fixture.weights()
        let pass = try fixture.pass(weights, settings: settings)
        _ = pass.accumulate(fixture.windows, firstWindow: 7, scale: 1)
        let gradient = allFloats(pass.gradients)
        let other = try fixture.pass(weights, settings: settings)
        // Along the gradient, where the slope is its length and the difference is clearest.
        let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let start = allFloats(weights)
        func loss(at distance: Double) -> Double {
            for index in start.indices {
                weights.buffer.floats[index] =
                    start[index] + Float(distance / length * Double(gradient[index]))
            }
            return other.accumulate(fixture.windows, firstWindow: 7, scale: 1)
        }
        let step = 1e-3
        let slope = (loss(at: step) - loss(at: -step)) / (2 * step)
        #expect(abs(slope - length) < 2e-3 * length)
    }

    private func gradients(_ fixture: TrainingFixture, _ settings: PassSettings) throws -> [Float] {
        let pass = try fixture.pass(fixture.weights(), settings: settings)
        _ = pass.accumulate(
            fixture.windows, firstWindow: 0, scale: 1 / Double(fixture.targetCount))
        return allFloats(pass.gradients)
    }
}
