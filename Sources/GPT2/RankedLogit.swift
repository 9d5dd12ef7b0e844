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
        guard count > 0 else { return [] }
        var best: [RankedLogit] = []
        for (token, logit) in logits.enumerated() {
            // Few get further than this: they come in no order.
            if best.count == count, logit <= best[count - 1].logit { continue }
            if best.count == count { best.removeLast() }
            let place = best.firstIndex { $0.logit < logit } ?? best.count
            best.insert(RankedLogit(token: Int32(token), logit: logit), at: place)
        }
        return best
    }
}
