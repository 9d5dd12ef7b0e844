import Datasets
import Testing

@testable import Training

@Suite struct InputNoiseTests {
    private let windows = (0..<8).map { _ in
        TrainingWindow(
            inputs: [Int32](repeating: 7, count: 512), targets: [Int32](repeating: 7, count: 512))
    }

    @Test func asManyTokensAsAskedForBecomeAnyOfTheVocabulary() {
        let noise = InputNoise(rate: 0.25, vocabularySize: 50_257, seed: 3)
        let noised = noise.applied(to: windows, firstWindow: 0).filter { $0 != 7 }
        // Of 4,096 by chance: 1,024 give or take five deviations of 28.
        #expect((884...1_164).contains(noised.count))
        #expect(noised.allSatisfy { (0..<50_257).contains($0) })
        // Each tenth of the vocabulary has its part.
        let tenths = Dictionary(grouping: noised) { $0 / 5_026 }
        #expect(tenths.count == 10)
        #expect(tenths.values.allSatisfy { $0.count > 50 })
    }

    @Test func aWindowsNoiseIsThatOfItsNumber() {
        let noise = InputNoise(rate: 0.5, vocabularySize: 300, seed: 3)
        let together = noise.applied(to: windows, firstWindow: 10)
        let apart = (0..<8).flatMap { noise.applied(to: [windows[$0]], firstWindow: 10 + $0) }
        #expect(together == apart)
    }
}
