import Testing

@testable import Datasets

@Suite struct CorpusWindowsTests {
    private func windows(
        _ corpus: TokenCorpus, windowLength: Int = 4, _ order: DatasetOptions.Order = .random,
        seed: UInt64 = 7, stream: UInt32 = 0
    ) -> CorpusWindows {
        CorpusWindows(
            corpus, windowLength: windowLength, order: order, seed: seed, stream: stream,
            padding: 999)
    }

    private func counting(_ count: Int32, from first: Int32 = 0) -> [Int32] {
        Array(first..<first + count)
    }

    @Test func windowIsARunOfTokensAndTheirSuccessors() throws {
        let windows = windows(try TrainingData.corpus([counting(50), counting(30, from: 100)]))
        for index in 0..<200 {
            let window = try windows.window(index)
            let first = try #require(window.inputs.first)
            #expect(window.inputs == counting(4, from: first))
            #expect(window.targets == counting(4, from: first + 1))
        }
    }

    /// By a chi-square of 12 degrees, which of 1,000 seeds one would bring above 32.9.
    @Test func everyPlaceIsEquallyLikelyAndNoneIsLeftOut() throws {
        let windows = windows(try TrainingData.corpus([counting(12), counting(9, from: 100)]))
        #expect(windows.starts.count == 8 + 5)
        var counts: [Int32: Int] = [:]
        let draws = 26_000
        for index in 0..<draws { counts[try windows.window(index).inputs[0], default: 0] += 1 }
        #expect(counts.keys.sorted() == counting(8) + counting(5, from: 100))
        let expected = Double(draws) / 13
        let chiSquare = counts.values.reduce(0.0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        #expect(chiSquare < 32.9)
    }

    @Test func windowDependsOnItsIndexAndNothingElse() throws {
        let corpus = try TrainingData.corpus([counting(900)])
        let forwards = try (0..<50).map { try windows(corpus).window($0) }
        let source = windows(corpus)
        let backwards = try (0..<50).reversed().map { try source.window($0) }
        #expect(forwards == backwards.reversed())
    }

    @Test func seedAndStreamGiveOtherWindows() throws {
        let corpus = try TrainingData.corpus([counting(900)])
        func firsts(seed: UInt64, stream: UInt32) throws -> [Int32] {
            let source = windows(corpus, seed: seed, stream: stream)
            return try (0..<20).map { try source.window($0).inputs[0] }
        }
        let drawn = try [(1, 0), (2, 0), (1, 1), (1 << 40, 0)].map {
            try firsts(seed: $0.0, stream: $0.1)
        }
        #expect(Set(drawn).count == drawn.count)
        #expect(try drawn[0] == firsts(seed: 1, stream: 0))
    }

    @Test func farIndexIsAWindowToo() throws {
        let source = windows(try TrainingData.corpus([counting(900)]))
        let far = try source.window(Int.max)
        #expect(far.inputs.count == 4)
        #expect(try source.window(1 << 32) != source.window(0))
    }

    @Test func inSequenceTheFirstFollowsTheLast() throws {
        let source = windows(try TrainingData.corpus([counting(14)]), .sequential)
        let firsts = try (0..<7).map { try source.window($0).inputs[0] }
        #expect(firsts == [0, 4, 8, 0, 4, 8, 0])
        #expect(try source.window(2).targets == [9, 10, 11, 12])
    }

    @Test func shortTextIsPaddedAndThePaddingIgnored() throws {
        let source = windows(try TrainingData.corpus([[5, 6, 7]]))
        let window = try source.window(3)
        #expect(window.inputs == [5, 6, 999, 999])
        #expect(window.targets == [6, 7, TrainingWindow.ignored, TrainingWindow.ignored])
    }

    @Test func targetsThatAreNotLearnedAreIgnored() throws {
        let mask = [true, false, true, false, false, true, false]
        let corpus = try TrainingData.corpus([counting(7)], learned: [mask])
        let source = windows(corpus, windowLength: 2, .sequential)
        #expect(source.starts.count == 2)
        #expect(try source.window(0).inputs == [0, 1])
        #expect(try source.window(0).targets == [TrainingWindow.ignored, 2])
        #expect(try source.window(1).targets == [5, TrainingWindow.ignored])
    }

    @Test func corpusReadsAcrossStoragesAndKnowsItsSegments() throws {
        var corpus = TokenCorpus(path: "corpus")
        let pieces = try [counting(3), [], counting(4, from: 3)].map {
            try TokenList($0, vocabularySize: 1000, path: "corpus")
        }
        try corpus.addSegment(pieces)
        try corpus.addSegment(TokenList([Int32](), vocabularySize: 1000, path: "corpus"))
        try corpus.addSegment(TokenList([Int32(7), 8], vocabularySize: 100_000, path: "corpus"))
        #expect(corpus.segments == [0..<7, 7..<7, 7..<9])
        #expect(try corpus.tokens(in: 0..<9) == counting(9))
        #expect(try corpus.tokens(in: 2..<5) == [2, 3, 4])
        #expect(corpus.segment(at: 6) == 0..<7 && corpus.segment(at: 7) == 7..<9)
        #expect(corpus.clipped(to: 4..<8).segments == [4..<7, 7..<8])
    }
}
