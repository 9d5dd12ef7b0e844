import Compute

/// Chooses the tokens of one sequence, one at a time.
///
/// One step is, in this order: logit bias; division by the temperature (0 skips it and takes the
/// highest); `penalize`; presence and frequency; top-p if above 0, else top-k; a draw. A draw is a
/// function of (seed, choice, position) alone.
public struct Sampler: Sendable {
    public let settings: SamplingSettings
    /// Which of several answers to one prompt this is.
    public let choice: Int

    private let random: CounterRandom
    /// How often each token was generated.
    private var counts: [Int32: Int] = [:]
    /// Under the original's rule, the tokens of the prompt and those generated since.
    private var seen: Set<Int32> = []
    private var position = 0

    /// - Parameters:
    ///   - settings: how to choose.
    ///   - prompt: the tokens before, which only the original's penalty looks at.
    ///   - choice: which of several answers to one prompt this is.
    public init(_ settings: SamplingSettings, prompt: some Sequence<Int32>, choice: Int = 0) {
        self.settings = settings
        self.choice = choice
        random = CounterRandom(seed: settings.seed)
        if settings.penaltyRule == .original { seen = Set(prompt) }
    }

    /// Chooses the next token and takes note of it.
    ///
    /// - Parameter logits: [V]; changed on the way.
    /// - Returns: its id.
    /// - Throws: `GPT2Error.logitsNotFinite`, where no choice would mean anything.
    public mutating func next(_ logits: UnsafeMutableBufferPointer<Float>) throws -> Int32 {
        let logits = Logits(logits)
        guard adjust(logits) else { throw GPT2Error.logitsNotFinite }
        let token =
            settings.isGreedy
            ? logits.firstOfHighest
            : TokenDistribution(logits, settings)
                .token(at: random.uniform(choice: choice, position: position))
        counts[token, default: 0] += 1
        if settings.penaltyRule == .original { seen.insert(token) }
        position += 1
        return token
    }

    /// Bias, temperature and penalties, in place.
    ///
    /// - Parameter logits: [V]
    /// - Returns: false where they are not all finite, or were not, or a low temperature or a large
    ///   bias has taken them past what a float holds.
    private func adjust(_ logits: Logits) -> Bool {
        for (token, bias) in settings.logitBias where logits.contains(token) {
            logits[Int(token)] += Float(bias)
        }
        guard logits.divide(by: settings.isGreedy ? 1 : Float(settings.temperature)) else {
            return false
        }
        penalize(logits)
        guard settings.presencePenalty != 0 || settings.frequencyPenalty != 0 else { return true }
        for (token, count) in counts {
            logits[Int(token)] -= Float(
                settings.presencePenalty + Double(count) * settings.frequencyPenalty)
        }
        return counts.keys.allSatisfy { logits[Int($0)].isFinite }
    }

    private func penalize(_ logits: Logits) {
        let factor = Float(settings.penalize)
        guard factor > 0, factor != 1 else { return }
        switch settings.penaltyRule {
        case .generated:
            for token in counts.keys {
                let logit = logits[Int(token)]
                logits[Int(token)] = logit > 0 ? logit * factor : max(logit / factor, -1e30)
            }
        case .original:
            for token in seen where logits.contains(token) {
                logits[Int(token)] *= factor
            }
        }
    }
}
