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
        guard logits.areFinite else { throw GPT2Error.logitsNotFinite }
        adjust(logits)
        // A low temperature or a large bias may have taken them past what a float holds.
        guard logits.areFinite else { throw GPT2Error.logitsNotFinite }
        let token =
            settings.isGreedy
            ? Self.highest(logits)
            : TokenDistribution(logits, settings)
                .token(at: random.uniform(choice: choice, position: position))
        counts[token, default: 0] += 1
        if settings.penaltyRule == .original { seen.insert(token) }
        position += 1
        return token
    }

    /// Bias, temperature and penalties, in place.
    private func adjust(_ logits: UnsafeMutableBufferPointer<Float>) {
        for (token, bias) in settings.logitBias where logits.indices.contains(Int(token)) {
            logits[Int(token)] += Float(bias)
        }
        if !settings.isGreedy, settings.temperature != 1 {
            let temperature = Float(settings.temperature)
            for index in logits.indices { logits[index] /= temperature }
        }
        penalize(logits)
        guard settings.presencePenalty != 0 || settings.frequencyPenalty != 0 else { return }
        for (token, count) in counts {
            logits[Int(token)] -= Float(
                settings.presencePenalty + Double(count) * settings.frequencyPenalty)
        }
    }

    private func penalize(_ logits: UnsafeMutableBufferPointer<Float>) {
        let factor = Float(settings.penalize)
        guard factor > 0, factor != 1 else { return }
        switch settings.penaltyRule {
        case .generated:
            for token in counts.keys {
                let logit = logits[Int(token)]
                logits[Int(token)] = logit > 0 ? logit * factor : max(logit / factor, -1e30)
            }
        case .original:
            for token in seen where logits.indices.contains(Int(token)) {
                logits[Int(token)] *= factor
            }
        }
    }

    /// The first of the highest.
    private static func highest(_ logits: UnsafeMutableBufferPointer<Float>) -> Int32 {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return Int32(best)
    }
}
