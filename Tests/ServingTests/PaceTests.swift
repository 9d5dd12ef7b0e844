import Testing

@testable import Serving

struct PaceTests {
    @Test func whatIsOwedTakesWhatItHasTakenLately() {
        var pace = Pace()
        #expect(pace.seconds(for: 1000) == 1)
        for _ in 0..<10 { pace.note(tokens: 8, seconds: 0.02) }
        #expect(pace.tokensPerSecond == 400)
        #expect(pace.seconds(for: 0) == 1 && pace.seconds(for: 401) == 2)
        #expect(pace.seconds(for: 4000) == 10 && pace.seconds(for: .max) == 60)
    }

    @Test func aChangeIsBelievedAfterSomeTime() {
        var pace = Pace()
        pace.note(tokens: 10, seconds: 0.1)
        for _ in 0..<500 { pace.note(tokens: 10, seconds: 1) }
        #expect(abs((pace.tokensPerSecond ?? 0) - 10) < 0.1)
        pace.note(tokens: 10, seconds: 0)
        #expect(abs((pace.tokensPerSecond ?? 0) - 10) < 0.1)
    }
}
