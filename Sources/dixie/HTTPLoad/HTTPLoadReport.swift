import Foundation
import JSON

/// What came of many replies.
struct HTTPLoadReport: Sendable {
    let clientCount: Int
    private(set) var replies: [HTTPLoadReply] = []
    private(set) var failureCount = 0
    private(set) var firstFailure: String?
    var seconds = 0.0
    /// What this program itself worked meanwhile.
    var processorSeconds = 0.0

    init(clientCount: Int) { self.clientCount = clientCount }

    mutating func add(_ outcome: Result<HTTPLoadReply, any Error>) {
        switch outcome {
        case .success(let reply): replies.append(reply)
        case .failure(let error):
            failureCount += 1
            firstFailure = firstFailure ?? "\(error)"
        }
    }

    var tokenCount: Int { replies.reduce(0) { $0 + $1.tokenCount } }
    var tokensPerSecond: Double { Double(tokenCount) / seconds }
    /// One core's worth of work is 1.
    var processorShare: Double { processorSeconds / seconds }
    var firstTokenTimes: [Double] { replies.compactMap { $0.firstToken.map { $0 / .seconds(1) } } }
    var gaps: [Double] { replies.flatMap { $0.gaps.map { $0 / .seconds(1) } } }

    var json: JSONValue {
        let (firsts, gaps) = (firstTokenTimes, gaps)
        return [
            "what": "http", "clients": .init(.integer(clientCount)),
            "replies": .init(.integer(replies.count)), "errors": .init(.integer(failureCount)),
            "first_error": firstFailure.map { .init(.string($0)) } ?? nil,
            "tokens": .init(.integer(tokenCount)), "seconds": .init(.number(seconds)),
            "tokens_per_second": .init(.number(tokensPerSecond)),
            "first_token_seconds": .init(.number(quantile(firsts, 0.5))),
            "first_token_p95_seconds": .init(.number(quantile(firsts, 0.95))),
            "between_tokens_seconds": .init(.number(quantile(gaps, 0.5))),
            "between_tokens_p95_seconds": .init(.number(quantile(gaps, 0.95))),
            "cpu_seconds": .init(.number(processorSeconds)),
            "cpu_share": .init(.number(processorShare)),
        ]
    }

    /// Lines for a person.
    var lines: String {
        func times(_ values: [Double]) -> String {
            String(
                format: "median %.1f ms, 95 %% within %.1f ms", 1000 * quantile(values, 0.5),
                1000 * quantile(values, 0.95))
        }
        return String(
            format: "http: %.1f tokens/s over %d clients (%d tokens of %d replies in %.2f s)\n",
            tokensPerSecond, clientCount, tokenCount, replies.count, seconds)
            + "first token: \(times(firstTokenTimes))\nbetween tokens: \(times(gaps))\n"
            + String(
                format: "this program's own work: %.1f %% of one core; failures: %d",
                100 * processorShare, failureCount)
            + (firstFailure.map { ", the first: \($0)" } ?? "")
    }
}

/// The value that a share of all lies at or below; not a number where there are none.
func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    return sorted[min(last, Int((share * Double(last)).rounded()))]
}
