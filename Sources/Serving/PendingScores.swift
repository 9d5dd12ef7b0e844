import GPT2

/// Scores of tokens whose text is not out yet, as it may still become a stop string or a part of a
/// character. A score goes with the text that shows its token.
struct PendingScores {
    /// With where each token's text begins, in bytes of the reply.
    private var waiting: [(score: TokenScore, start: Int)] = []
    private var generated = 0
    private var emitted = 0

    /// - Parameters:
    ///   - score: of the next token.
    ///   - byteCount: of the text that it completes.
    mutating func append(_ score: TokenScore, byteCount: Int) {
        waiting.append((score, generated))
        generated += byteCount
    }

    /// The scores of the tokens that begin in what is out by now.
    ///
    /// - Parameter byteCount: of the text that goes out.
    /// - Returns: them, in order; each once.
    mutating func release(with byteCount: Int) -> [TokenScore] {
        emitted += byteCount
        let ready = waiting.prefix { $0.start < emitted }.map(\.score)
        waiting.removeFirst(ready.count)
        return ready
    }

    /// What is left, where all of the reply is out.
    mutating func releaseAll() -> [TokenScore] {
        defer { waiting = [] }
        return waiting.map(\.score)
    }
}
