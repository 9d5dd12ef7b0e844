/// How often a measurement fell below each of some bounds, as Prometheus counts it.
struct Histogram: Sendable {
    /// Upper bounds, rising; what is above the last counts in `count` alone.
    let bounds: [Double]
    /// How many fell between a bound and the one before it.
    private(set) var counts: [Int]
    private(set) var count = 0
    private(set) var sum = 0.0

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = bounds.map { _ in 0 }
    }

    mutating func note(_ value: Double) {
        count += 1
        sum += value
        if let index = bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
    }

    /// Seconds from a request to its first token: what a voice assistant's user waits for.
    static var untilFirstToken: Histogram {
        Histogram([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
    }

    /// Seconds between two tokens of a reply.
    static var betweenTokens: Histogram {
        Histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1])
    }

    /// Seconds of a whole request.
    static var ofRequest: Histogram {
        Histogram([0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
    }
}
