/// How many tokens to guess next, from how the last guesses did: more while they are right, and none for
/// a while where they were wrong, since every guess makes a pass longer.
struct DraftLength: Equatable {
    /// Past this a pass costs more with each token, however few are right.
    static let most = 5

    private var length = 2
    private var failures = 0
    private var pause = 0

    /// The most tokens to guess for the next pass.
    var next: Int { pause > 0 ? 0 : length }

    /// Takes note of a pass.
    ///
    /// - Parameters:
    ///   - guessed: how many tokens were guessed.
    ///   - right: how many of the first of them came.
    mutating func note(guessed: Int, right: Int) {
        guard guessed > 0 else {
            pause = max(0, pause - 1)
            return
        }
        if right == 0 {
            failures += 1
            pause = 1 << min(failures, 5)
            length = 2
        } else {
            failures = 0
            length = right == guessed ? min(2 * length, Self.most) : max(2, right)
        }
    }
}
