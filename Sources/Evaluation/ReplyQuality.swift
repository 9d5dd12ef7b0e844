/// What a model's replies are like, taken together.
public struct ReplyQuality: Sendable, Equatable {
    public let replyCount: Int
    /// Share of replies that ended with the marker before the length was reached.
    public let endedShare: Double
    /// Tokens in a reply, the marker's included.
    public let meanLength: Double
    /// For n = 1, 2, 3: different runs of n tokens among all such runs of all replies. Low where
    /// replies resemble each other.
    public let distinct: [Double]
    /// Share of runs of four tokens that the same reply already had. High where a reply goes in
    /// circles.
    public let repeatedShare: Double

    /// - Parameter replies: any number; shares of none are 0.
    public init(_ replies: [ReplySample]) {
        replyCount = replies.count
        endedShare = Self.share(replies.count { $0.isEnded }, of: replies.count)
        meanLength = Self.share(replies.reduce(0) { $0 + $1.tokens.count }, of: replies.count)
        distinct = (1...3).map { length in
            let runs = replies.flatMap { Self.runs(of: length, in: $0.tokens) }
            return Self.share(Set(runs).count, of: runs.count)
        }
        let fours = replies.map { Self.runs(of: 4, in: $0.tokens) }
        let repeated = fours.reduce(0) { $0 + $1.count - Set($1).count }
        repeatedShare = Self.share(repeated, of: fours.reduce(0) { $0 + $1.count })
    }

    private static func runs(of length: Int, in tokens: [Int32]) -> [ArraySlice<Int32>] {
        guard tokens.count >= length else { return [] }
        return (0...tokens.count - length).map { tokens[$0..<$0 + length] }
    }

    private static func share(_ part: Int, of whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
    }
}
