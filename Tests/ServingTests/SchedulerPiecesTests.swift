import TestSupport
import Testing

@testable import Serving

/// How much of each sequence a pass runs.
@Suite struct SchedulerPiecesTests {
    func turn(_ running: [UInt64]) -> Scheduler.Turn {
        .init(model: 1, running: running, promptTokens: 100)
    }

    func tokens(_ pieces: [Scheduler.Piece]) -> [UInt64: Int] {
        Dictionary(uniqueKeysWithValues: pieces.map { ($0.sequence, $0.tokens) })
    }

    @Test func whoHasBegunGetsATokenHoweverManyPromptsThereAre() {
        let pieces = turn([5, 6, 7, 8]).pieces(prompts: [6: 1000, 8: 1000])
        #expect(pieces.map(\.sequence) == [5, 6, 7, 8])
        #expect(pieces.map(\.tokens) == [1, 50, 1, 50])
    }

    @Test func aShortPromptIsNotHeldUpByLongOnes() {
        let pieces = turn([1, 2, 3]).pieces(prompts: [1: 1000, 2: 500, 3: 20])
        #expect(tokens(pieces) == [1: 40, 2: 40, 3: 20])
    }

    @Test func whoWaitsGetsNoPieceAndLeavesItsShareToOthers() {
        let pieces = turn([1, 2, 3]).pieces(prompts: [1: 1000, 2: 0, 3: 0])
        #expect(tokens(pieces) == [1: 100])
    }

    @Test func whatCannotBeDividedGoesToTheOldest() {
        #expect(Scheduler.Turn.fairShares(of: 11, among: [50, 60, 70]) == [4, 4, 3])
        #expect(Scheduler.Turn.fairShares(of: 2, among: [5, 9, 9, 9]) == [1, 1, 0, 0])
        #expect(Scheduler.Turn.fairShares(of: 7, among: []) == [])
        #expect(Scheduler.Turn.fairShares(of: 7, among: [0, 0]) == [0, 0])
    }

    /// Max-min: nothing is left while somebody could use it, and nobody who got less than asked has
    /// less than another but for one token.
    @Test func sharesAreFairWhateverIsAsked() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let budget = Int.random(in: 1...300, using: &random)
            let most = Bool.random(using: &random) ? 40 : 1000
            let needs = (0..<Int.random(in: 1...16, using: &random)).map { _ in
                Int.random(in: 0...most, using: &random)
            }
            let shares = Scheduler.Turn.fairShares(of: budget, among: needs)
            #expect(shares.reduce(0, +) == min(budget, needs.reduce(0, +)))
            for (index, share) in shares.enumerated() {
                #expect(0...needs[index] ~= share)
                guard share < needs[index] else { continue }
                #expect(shares.allSatisfy { $0 <= share + 1 })
                #expect(shares[index...].dropFirst().allSatisfy { $0 <= share })
            }
        }
    }
}
