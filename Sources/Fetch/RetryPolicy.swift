/// How often, and after how long, a download that broke off is taken up again.
public struct RetryPolicy: Sendable {
    /// Attempts in a row without progress before giving up; 1 never tries again.
    public var attempts: Int
    /// The wait before the second attempt; each further one is twice as long.
    public var firstDelay: Duration
    public var longestDelay: Duration
    /// An attempt that brought this many bytes counts as progress, and the count starts anew: a
    /// long file over a poor line is worth more patience than a host that is down. It bounds the
    /// whole, since a file has an end.
    public var progressBytes: Int

    public init(
        attempts: Int = 5, firstDelay: Duration = .seconds(1),
        longestDelay: Duration = .seconds(30), progressBytes: Int = 1 << 20
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.progressBytes = progressBytes
    }
}

/// The attempts of one download.
struct Retries {
    private let policy: RetryPolicy
    /// All attempts that failed so far.
    private(set) var failures = 0
    private var failuresInARow = 0

    init(_ policy: RetryPolicy) { self.policy = policy }

    /// Counts an attempt that failed after bringing `byteCount` bytes.
    ///
    /// - Returns: how long to wait before the next, or nil to give up.
    mutating func delayAfterFailure(bringing byteCount: Int) -> Duration? {
        failures += 1
        failuresInARow = byteCount >= policy.progressBytes ? 1 : failuresInARow + 1
        guard failuresInARow < policy.attempts else { return nil }
        let doublings = min(failuresInARow - 1, 20)
        return min(policy.firstDelay * (1 << doublings), policy.longestDelay)
    }
}
