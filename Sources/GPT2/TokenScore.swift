import Compute
import Foundation

/// How likely a model held a token, and what else it might have said in its place.
///
/// Probabilities are the model's own: before bias, temperature, penalties and top-k or top-p.
public struct TokenScore: Sendable, Equatable {
    /// A token and its natural logarithm of probability.
    public struct Candidate: Sendable, Equatable {
        public let token: Int32
        public let logProbability: Float

        public init(token: Int32, logProbability: Float) {
            self.token = token
            self.logProbability = logProbability
        }
    }

    public let chosen: Candidate
    /// The likeliest, from the highest down; the chosen one may be among them.
    public let alternatives: [Candidate]

    public init(chosen: Candidate, alternatives: [Candidate]) {
        self.chosen = chosen
        self.alternatives = alternatives
    }

    /// - Parameters:
    ///   - token: the one that stands there.
    ///   - logits: [V], as the model gave them; changed on the way.
    ///   - count: how many alternatives.
    /// - Throws: `GPT2Error.logitsNotFinite`.
    public init(
        _ token: Int32, _ logits: UnsafeMutableBufferPointer<Float>, alternatives count: Int
    ) throws {
        let ranked = count > 0 ? try RankedLogit.highest(count, of: logits) : []
        let chosen = logits[Int(token)]
        let view = Logits(logits)
        let highest = view.highest
        // ln of the sum of all exp(logit), without overflow.
        let total = Float(Double(highest) + log(view.exponentiate().sum))
        guard chosen.isFinite, total.isFinite else { throw GPT2Error.logitsNotFinite }
        self.chosen = Candidate(token: token, logProbability: chosen - total)
        alternatives = ranked.map {
            Candidate(token: $0.token, logProbability: $0.logit - total)
        }
    }
}
