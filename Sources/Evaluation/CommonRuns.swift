/// Finds the longest run of tokens that each of some sequences shares with a long text, in time
/// linear in both.
///
/// The sequences are kept as a suffix automaton: a graph whose paths from the start spell exactly
/// the runs that occur in them, and in which each state stands for runs that occur in the same
/// places.
public struct CommonRuns {
    private struct State {
        /// The longest run that leads here.
        var length = 0
        /// The state of the longest end of that run that occurs in more places; −1 of the start.
        var link = -1
        var next: [Int32: Int] = [:]
    }

    private var states = [State()]
    /// For each sequence, the states that its beginnings of 1, 2, … tokens lead to.
    private var paths: [[Int]] = []
    /// By state, the longest run of the text that ended there.
    private var longest: [Int] = []

    /// - Parameter sequences: of ids that are not negative.
    public init(_ sequences: [[Int32]]) {
        var last = 0
        for (index, sequence) in sequences.enumerated() {
            paths.append(
                sequence.map { token in
                    last = append(token, after: last)
                    return last
                })
            // Occurs nowhere else, so that no run goes over from one sequence into the next.
            last = append(-1 - Int32(truncatingIfNeeded: index), after: last)
        }
        longest = [Int](repeating: 0, count: states.count)
    }

    /// Takes a part of the text; a run never goes over from one part into the next.
    public mutating func read(_ text: some Sequence<Int32>) {
        var state = 0
        var length = 0
        for token in text {
            while state > 0, states[state].next[token] == nil {
                state = states[state].link
                length = states[state].length
            }
            guard let next = states[state].next[token] else { continue }
            state = next
            length += 1
            longest[state] = max(longest[state], length)
        }
    }

    /// For each sequence, the length of its longest run that what was read has too.
    public func lengths() -> [Int] {
        var reached = longest
        let byLength = states.indices.dropFirst().sorted { states[$0].length < states[$1].length }
        // A run that was found has all its ends found with it…
        for state in byLength.reversed() where reached[state] > 0 {
            let link = states[state].link
            reached[link] = max(reached[link], states[link].length)
        }
        // …and what was found of a shorter end is found wherever the longer run stands.
        for state in byLength {
            reached[state] = max(reached[state], reached[states[state].link])
        }
        return paths.map { $0.map { reached[$0] }.max() ?? 0 }
    }

    /// Makes the automaton's text one token longer.
    ///
    /// - Parameters:
    ///   - token: what is added.
    ///   - last: the state of the whole text so far.
    /// - Returns: the state of the longer one.
    private mutating func append(_ token: Int32, after last: Int) -> Int {
        let new = states.count
        states.append(State(length: states[last].length + 1, link: 0))
        var state = last
        while state >= 0, states[state].next[token] == nil {
            states[state].next[token] = new
            state = states[state].link
        }
        guard state >= 0, let target = states[state].next[token] else { return new }
        if states[target].length == states[state].length + 1 {
            states[new].link = target
            return new
        }
        // The shorter runs of `target` now occur in one more place than its longer ones.
        let copy = states.count
        states.append(
            State(
                length: states[state].length + 1, link: states[target].link,
                next: states[target].next))
        while state >= 0, states[state].next[token] == target {
            states[state].next[token] = copy
            state = states[state].link
        }
        states[target].link = copy
        states[new].link = copy
        return new
    }
}
