import Testing

@testable import GPT2

@Suite struct RankedLogitTests {
    private func ranking(_ count: Int, _ logits: [Float]) throws -> [RankedLogit] {
        var logits = logits
        return try logits.withUnsafeMutableBufferPointer {
            try RankedLogit.highest(count, of: $0)
        }
    }

    @Test func theHighestComeFirstAndEqualsByToken() throws {
        #expect(
            try ranking(3, [-1, 2, 0.5, 2, -7]) == [
                RankedLogit(token: 1, logit: 2), RankedLogit(token: 3, logit: 2),
                RankedLogit(token: 2, logit: 0.5),
            ])
    }

    @Test func moreThanThereAreGivesAll() throws {
        #expect(try ranking(9, [1, 2]).map(\.token) == [1, 0])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func logitsThatAreNotFiniteAreRefused(logit: Float) {
        #expect(throws: GPT2Error.logitsNotFinite) { try ranking(1, [0, logit]) }
    }
}
