/// A token and its logit, as one line of a ranking.
public struct RankedLogit: Sendable, Equatable {
    public let token: Int32
    public let logit: Float

    public init(token: Int32, logit: Float) {
        self.token = token
        self.logit = logit
    }

    /// The highest of some logits.
    ///
    /// - Parameters:
    ///   - count: how many; all there are if there are fewer.
    ///   - logits: [V], by token.
    /// - Returns: from the highest down, equals by token.
    /// - Throws: `GPT2Error.logitsNotFinite`, where no order would mean anything.
    public static func highest(
        _ count: Int, of logits: UnsafeMutableBufferPointer<Float>
    ) throws -> [RankedLogit] {
        guard logits.areFinite else { throw GPT2Error.logitsNotFinite }
        let ranking = logits.enumerated().map { RankedLogit(token: Int32($0), logit: $1) }
            .sorted { ($0.logit, $1.token) > ($1.logit, $0.token) }
        return Array(ranking.prefix(max(0, count)))
    }
}
