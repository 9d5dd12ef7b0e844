import Checkpoints
import Compute
import Foundation
import GPT2
import JSON
import TestSupport
import Testing
import Tokenizer

@testable import Evaluation

@Suite struct FormatDistanceTests {
    private func distance(_ exact: [Float], _ rounded: [Float]) -> FormatDistance {
        var (exact, rounded) = (exact, rounded)
        var distance = FormatDistance()
        exact.withUnsafeMutableBufferPointer { exact in
            rounded.withUnsafeMutableBufferPointer { distance.add(exact, $0) }
        }
        return distance
    }

    @Test func divergenceIsThatOfTheDistributions() throws {
        // Probabilities of 1/2, 1/4, 1/4 and of 1/4, 1/4, 1/2; a number added to all is nothing.
        let exact = [0.5, 0.25, 0.25].map { Float(log($0)) + 7 }
        let rounded = [0.25, 0.25, 0.5].map { Float(log($0)) - 3 }
        let expected = 0.5 * log(2) + 0.25 * log(0.5)
        let apart = distance(exact, rounded)
        #expect(abs(try #require(apart.mean) - expected) < 1e-6)
        #expect(apart.agreement == 0)
        let same = distance(exact, exact)
        #expect(try abs(#require(same.mean)) < 1e-12 && same.agreement == 1)
        #expect(FormatDistance().mean == nil && FormatDistance().agreement == nil)
    }

    @Test func logitsFarApartAreNoTrouble() throws {
        let apart = distance([3e38, 0, -3e38], [3e38, 1, -3e38])
        #expect(apart.nats.isFinite && apart.agreement == 1)
    }

    /// The project's bars, with the demo model that is shipped and questions it was made for. They
    /// stand here without the answers that it expects between them, and it is only 128 wide: so int4
    /// may be twice as far away as on text like that it has learned, where 0.05 holds.
    @Test(
        arguments: [
            (.f32, 1e-9), (.bf16, 1e-3), (.int8, 0.005), (.int4, 0.1),
        ] as [(WeightFormat, Double)])
    func aFormatIsAsFarFromF32AsItMayBe(format: WeightFormat, bar: Double) throws {
        let folder = projectFolder.appendingPathComponent("Examples/models/general")
        let size = try Hyperparameters(
            contentsOf: folder.appendingPathComponent("config.json").path)
        let weights = try Weights(
            size, from: openCheckpoint(folder.appendingPathComponent("model.safetensors").path))
        let questions = try JSONParser.parse(
            [UInt8](
                Data(
                    contentsOf: projectFolder.appendingPathComponent(
                        "Examples/demo/questions.json"))))
        let text = try #require(questions.array).prefix(40)
            .compactMap { $0["question"]?.string.map { $0 + "\n" } }.joined()
        let tokens = try BytePairTokenizer.load(folder: folder.path).encode(text)
        let pool = ThreadPool(threadCount: 2)
        let meter = try FormatDistanceMeter(
            exact: Model(weights), rounded: Model(weights, format: format),
            cache: format == .f32 ? .f32 : .bf16, on: pool)
        var distance = FormatDistance()
        var last = 0
        try meter.add(tokens, to: &distance) { last = $0 }
        #expect(distance.count > 300 && distance.count == tokens.count - 1)
        #expect(last == tokens.count - 1)
        #expect(abs(try #require(distance.mean)) <= bar, "\(distance)")
        if format == .f32 { #expect(distance.agreement == 1) } else { #expect(distance.nats > 0) }
    }
}
