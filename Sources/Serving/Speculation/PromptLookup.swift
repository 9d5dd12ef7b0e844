/// Guesses the next tokens of a text from what followed its last three the time before: chats quote and
/// repeat themselves. A guess costs a look into a table; what it is worth, the model's pass over it says.
struct PromptLookup {
    /// As many tokens must be the same for a guess: after fewer, what follows is mostly something else.
    private struct Ending: Hashable {
        let first, second, third: Int32

        /// The three tokens before a place.
        init(_ tokens: [Int32], before place: Int) {
            (first, second, third) = (tokens[place - 3], tokens[place - 2], tokens[place - 1])
        }
    }

    /// Where the text went on after each three tokens, the last time.
    private var continuations: [Ending: Int] = [:]
    /// How many tokens the table knows.
    private var known = 3

    /// - Parameters:
    ///   - tokens: the text so far: what it was at the last call, and more.
    ///   - most: how many tokens to guess.
    /// - Returns: as many or fewer; none where the last three are new.
    mutating func guess(after tokens: [Int32], most: Int) -> ArraySlice<Int32> {
        while known < tokens.count {
            continuations[Ending(tokens, before: known)] = known
            known += 1
        }
        guard tokens.count >= 3, most > 0,
            let place = continuations[Ending(tokens, before: tokens.count)]
        else { return [] }
        return tokens[place...].prefix(most)
    }
}
