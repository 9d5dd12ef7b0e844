import GPT2

/// A token as clients see it, with how likely the model held it.
struct ScoredToken: Sendable, Equatable {
    struct Candidate: Sendable, Equatable {
        /// May be a part of a character.
        let bytes: [UInt8]
        /// Nil where nothing was foreseen: for the first token of a prompt, or where nobody asked.
        let logProbability: Float?

        /// U+FFFD stands for what is no whole character.
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    let chosen: Candidate
    /// The likeliest, from the highest down.
    let alternatives: [Candidate]
}

extension ScoredToken {
    /// A token of which nobody asked how likely it was.
    init(unscored bytes: [UInt8]) {
        self.init(chosen: Candidate(bytes: bytes, logProbability: nil), alternatives: [])
    }

    /// - Parameters:
    ///   - score: of the model.
    ///   - bytes: of each token.
    init(_ score: TokenScore, bytes: (Int32) -> [UInt8]) {
        func candidate(_ candidate: TokenScore.Candidate) -> Candidate {
            Candidate(bytes: bytes(candidate.token), logProbability: candidate.logProbability)
        }
        self.init(chosen: candidate(score.chosen), alternatives: score.alternatives.map(candidate))
    }
}
