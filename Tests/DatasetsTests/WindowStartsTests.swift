import TestSupport
import Testing

@testable import Datasets

@Suite struct WindowStartsTests {
    private func starts(
        _ lengths: [Int], windowLength: Int, _ order: DatasetOptions.Order = .random,
        learned: [[Bool]]? = nil
    ) throws -> [Int] {
        let corpus = try TrainingData.corpus(
            lengths.map { [Int32](repeating: 1, count: $0) }, learned: learned)
        let starts = WindowStarts(in: corpus, windowLength: windowLength, order: order)
        #expect(starts.last == (starts.count == 0 ? nil : starts[starts.count - 1]))
        return (0..<starts.count).map { starts[$0] }
    }

    @Test func everyPlaceWithAWindowAndItsTargetIsOne() throws {
        #expect(try starts([10], windowLength: 4) == [0, 1, 2, 3, 4, 5])
        #expect(try starts([5], windowLength: 4) == [0])
    }

    @Test func noWindowCrossesTheEndOfASegment() throws {
        #expect(try starts([5, 0, 3, 6], windowLength: 4) == [0, 8, 9])
    }

    @Test func inSequenceEachBeginsWhereTheLastEnded() throws {
        #expect(try starts([13], windowLength: 4, .sequential) == [0, 4, 8])
        #expect(try starts([12], windowLength: 4, .sequential) == [0, 4])
        #expect(try starts([12, 4, 9], windowLength: 4, .sequential) == [0, 4, 16, 20])
    }

    @Test func segmentsAllTooShortAreOneWindowEach() throws {
        #expect(try starts([3, 1, 0, 4, 2], windowLength: 4) == [0, 4, 8])
        #expect(try starts([1, 0, 1], windowLength: 4) == [])
    }

    @Test func unusedTokensAreCounted() throws {
        let corpus = try TrainingData.corpus([[1, 2, 3], [1, 2, 3, 4, 5], [1]])
        let starts = WindowStarts(in: corpus, windowLength: 4, order: .random)
        #expect(starts.unusedTokenCount == 4 && !starts.isPadded)
    }

    /// Against the definition, place by place.
    @Test(arguments: 0..<60)
    func maskedStartsAreThoseWithATarget(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lengths = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Int.random(in: 0...24, using: &random)
        }
        let rarity = Int.random(in: 1...12, using: &random)
        let masks = lengths.map { count in
            (0..<count).map { _ in Int.random(in: 0..<rarity, using: &random) == 0 }
        }
        let windowLength = Int.random(in: 1...6, using: &random)
        let isPadded = !lengths.contains { $0 > windowLength }
        for order in DatasetOptions.Order.allCases {
            var expected: [Int] = []
            var first = 0
            for mask in masks {
                for place in mask.indices {
                    let end = isPadded ? mask.count : place + windowLength + 1
                    let isStart =
                        isPadded
                        ? place == 0
                        : order == .random || place % windowLength == 0
                    guard isStart, end <= mask.count, place + 1 < end else { continue }
                    if mask[place + 1..<end].contains(true) { expected.append(first + place) }
                }
                first += mask.count
            }
            #expect(
                try starts(lengths, windowLength: windowLength, order, learned: masks) == expected)
        }
    }
}
