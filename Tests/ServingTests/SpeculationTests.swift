import Testing

@testable import Serving

@Suite struct PromptLookupTests {
    @Test func whatFollowedTheLastThreeTokensIsGuessed() {
        var lookup = PromptLookup()
        #expect(lookup.guess(after: [1, 2, 3, 4, 5, 1, 2, 3], most: 4) == [4, 5, 1, 2])
        #expect(lookup.guess(after: [1, 2, 3, 4, 5, 1, 2, 3], most: 1) == [4])
    }

    @Test func theLatestPlaceCounts() {
        var lookup = PromptLookup()
        let text: [Int32] = [1, 2, 3, 4, 1, 2, 3, 9, 1, 2, 3]
        #expect(lookup.guess(after: text, most: 2) == [9, 1])
        #expect(lookup.guess(after: text + [9, 1, 2, 3], most: 2) == [9, 1])
        #expect(lookup.guess(after: text + [9, 1, 2, 3, 7, 1, 2, 3], most: 2) == [7, 1])
    }

    @Test func aRunOfOneTokenGoesOn() {
        var lookup = PromptLookup()
        #expect(lookup.guess(after: [8, 5, 5, 5, 5], most: 3) == [5])
    }

    @Test(
        arguments: [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 1, 2], [3, 2, 1, 1, 2, 3]] as [[Int32]])
    func newEndingsAreNotGuessedAfter(text: [Int32]) {
        var lookup = PromptLookup()
        #expect(lookup.guess(after: text, most: 4) == [])
    }
}

@Suite struct DraftLengthTests {
    @Test func rightGuessesMakeLongerOnes() {
        var length = DraftLength()
        var lengths: [Int] = []
        for _ in 0..<4 {
            lengths.append(length.next)
            length.note(guessed: length.next, right: length.next)
        }
        #expect(lengths == [2, 4, 5, 5])
    }

    @Test func wrongGuessesPauseForLongerAndLonger() {
        var length = DraftLength()
        var pauses: [Int] = []
        for _ in 0..<7 {
            length.note(guessed: 2, right: 0)
            var pause = 0
            while length.next == 0 {
                length.note(guessed: 0, right: 0)
                pause += 1
            }
            pauses.append(pause)
        }
        #expect(pauses == [2, 4, 8, 16, 32, 32, 32])
        length.note(guessed: 2, right: 1)
        length.note(guessed: 2, right: 0)
        length.note(guessed: 0, right: 0)
        #expect(length.next == 0)
        length.note(guessed: 0, right: 0)
        #expect(length.next == 2)
    }

    @Test func halfRightGuessesBecomeAsLongAsTheyWereRight() {
        var length = DraftLength()
        for _ in 0..<3 { length.note(guessed: length.next, right: length.next) }
        length.note(guessed: 5, right: 3)
        #expect(length.next == 3)
        length.note(guessed: 3, right: 1)
        #expect(length.next == 2)
    }
}
