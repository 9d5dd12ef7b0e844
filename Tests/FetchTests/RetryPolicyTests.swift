import Testing

@testable import Fetch

@Suite struct RetryPolicyTests {
    @Test func waitsDoubleUpToTheLongestAndEnd() {
        var retries = Retries(
            RetryPolicy(attempts: 5, firstDelay: .seconds(1), longestDelay: .seconds(3)))
        let delays = (0..<5).map { _ in retries.delayAfterFailure(bringing: 0) }
        #expect(delays == [.seconds(1), .seconds(2), .seconds(3), .seconds(3), nil])
        #expect(retries.failures == 5)
    }

    @Test func progressStartsTheCountAnew() {
        var retries = Retries(RetryPolicy(attempts: 2, firstDelay: .seconds(1), progressBytes: 10))
        for _ in 0..<100 {
            #expect(retries.delayAfterFailure(bringing: 10) == .seconds(1))
        }
        #expect(retries.delayAfterFailure(bringing: 9) == nil)
        #expect(retries.failures == 101)
    }

    @Test func oneAttemptIsNeverRepeated() {
        var retries = Retries(RetryPolicy(attempts: 1))
        #expect(retries.delayAfterFailure(bringing: 0) == nil)
    }

    @Test func manyAttemptsDoNotOverflowTheWait() {
        var retries = Retries(RetryPolicy(attempts: 1000, longestDelay: .seconds(30)))
        let delays = (0..<999).map { _ in retries.delayAfterFailure(bringing: 0) }
        #expect(delays.last == .seconds(30))
    }
}
