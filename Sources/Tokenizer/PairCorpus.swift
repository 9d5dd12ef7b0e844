/// The words that a vocabulary is learned from, as tokens, with what it takes to merge a pair
/// everywhere in time proportional to how often it occurs.
///
/// All distinct words lie one after another in one linked list of symbols, a gap after each. Every
/// pair knows how often it occurs and where it once began; places where it no longer does are
/// noticed when they are visited.
struct PairCorpus {
    struct Pair: Hashable {
        let left: TokenID
        let right: TokenID
    }

    private struct Occurrences {
        var count = 0
        var places: [Int32] = []
    }

    /// No symbol: between words, and where a symbol was merged into its left neighbour.
    private static let gap: TokenID = -1

    private var symbols: [TokenID] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    /// How often the word occurs that a symbol belongs to.
    private var weights: [Int] = []
    private var pairs: [Pair: Occurrences] = [:]
    private var queue = BinaryHeap<Candidate>()

    /// How many bytes all distinct words together may have, because places are 32 bits wide.
    static let byteLimit = Int(Int32.max) / 2

    /// - Parameter wordCounts: how often each word occurs.
    /// - Throws: `TokenizerError` when the words have more than `byteLimit` bytes.
    init(_ wordCounts: [ByteString: Int]) throws {
        // The gaps between words double their number at worst.
        guard wordCounts.keys.reduce(0, { $0 + $1.bytes.count }) <= Self.byteLimit else {
            throw TokenizerError(.tooMuchText(limit: Self.byteLimit))
        }
        var tokenOfByte = [TokenID](repeating: 0, count: 256)
        for (id, byte) in ByteAlphabet.bytesInOrder.enumerated() {
            tokenOfByte[Int(byte)] = TokenID(id)
        }
        for (word, count) in wordCounts {
            for byte in word.bytes { append(tokenOfByte[Int(byte)], weight: count) }
            append(Self.gap, weight: 0)
        }
        for place in symbols.indices.dropLast() {
            let pair = Pair(left: symbols[place], right: symbols[place + 1])
            guard pair.left != Self.gap, pair.right != Self.gap else { continue }
            add(pair, at: Int32(place))
        }
        for (pair, occurrences) in pairs {
            queue.push(Candidate(count: occurrences.count, pair: pair))
        }
    }

    private mutating func append(_ symbol: TokenID, weight: Int) {
        let place = Int32(symbols.count)
        symbols.append(symbol)
        weights.append(weight)
        previous.append(place - 1)
        next.append(place + 1)
    }

    private mutating func add(_ pair: Pair, at place: Int32) {
        pairs[pair, default: Occurrences()].count += weights[Int(place)]
        pairs[pair]?.places.append(place)
    }

    /// The pair that occurs most often, if any does so often.
    mutating func mostFrequent(atLeast fewest: Int) -> Pair? {
        while let best = queue.pop() {
            let now = pairs[best.pair]?.count ?? 0
            if now == best.count { return now >= fewest ? best.pair : nil }
            // Merging other pairs has made it rarer since.
            if now > 0 { queue.push(Candidate(count: now, pair: best.pair)) }
        }
        return nil
    }

    /// Makes every occurrence of a pair one token, from left to right.
    mutating func merge(_ pair: Pair, into id: TokenID) {
        guard let occurrences = pairs.removeValue(forKey: pair) else { return }
        var grown: Set<Pair> = []
        // A place can be listed twice, and later ones before earlier ones.
        for start in occurrences.places.sorted() {
            let place = Int(start)
            guard symbols[place] == pair.left else { continue }
            let right = Int(next[place])
            guard symbols[right] == pair.right else { continue }
            let after = Int(next[right])
            let before = Int(previous[place])
            let weight = weights[place]
            if before >= 0, symbols[before] != Self.gap {
                pairs[Pair(left: symbols[before], right: pair.left)]?.count -= weight
                let pair = Pair(left: symbols[before], right: id)
                add(pair, at: Int32(before))
                grown.insert(pair)
            }
            if symbols[after] != Self.gap {
                pairs[Pair(left: pair.right, right: symbols[after])]?.count -= weight
                let pair = Pair(left: id, right: symbols[after])
                add(pair, at: start)
                grown.insert(pair)
            }
            symbols[place] = id
            symbols[right] = Self.gap
            next[place] = Int32(after)
            previous[after] = start
        }
        for pair in grown {
            guard let count = pairs[pair]?.count, count > 0 else { continue }
            queue.push(Candidate(count: count, pair: pair))
        }
    }
}

/// A pair waiting to be merged: the most frequent first, then by ids.
private struct Candidate: HeapOrdered {
    let count: Int
    let pair: PairCorpus.Pair

    func comesBefore(_ other: Candidate) -> Bool {
        if count != other.count { return count > other.count }
        if pair.left != other.pair.left { return pair.left < other.pair.left }
        return pair.right < other.pair.right
    }
}
