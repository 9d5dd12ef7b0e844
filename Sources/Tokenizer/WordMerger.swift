/// Merges the bytes of one word into tokens: the earliest learned pair first, the leftmost of
/// equals first, until no learned pair is left.
///
/// The buffers of short words are kept from word to word.
struct WordMerger: Sendable {
    /// Longer words, which no text has, are merged in parts: places are 32 bits wide.
    static let longestWord = Int(Int32.max)

    /// Up to this many bytes looking through all pairs for the best is faster than a heap.
    static let shortWord = 40

    /// How much has been done: pairs looked at, and steps up and down the heap.
    private(set) var work = 0

    private var symbols: [TokenID] = []
    /// `merges[i]` is what symbol `i` and its right neighbour become.
    private var merges: [MergeTable.Merge] = []

    /// Appends the tokens of `word` to `tokens`.
    mutating func append(
        _ word: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID],
        byteTokens: [TokenID], table: MergeTable
    ) {
        var rest = word[...]
        while !rest.isEmpty {
            let part = UnsafeBufferPointer(rebasing: rest.prefix(Self.longestWord))
            appendPart(part, to: &tokens, byteTokens: byteTokens, table: table)
            rest = rest.dropFirst(part.count)
        }
    }

    private mutating func appendPart(
        _ word: UnsafeBufferPointer<UInt8>, to tokens: inout [TokenID],
        byteTokens: [TokenID], table: MergeTable
    ) {
        symbols.removeAll(keepingCapacity: true)
        merges.removeAll(keepingCapacity: true)
        for byte in word {
            let symbol = byteTokens[Int(byte)]
            if let last = symbols.last { merges.append(table[last, symbol]) }
            symbols.append(symbol)
        }
        merges.append(.none)
        work += word.count
        if word.count <= Self.shortWord {
            mergeShort(table)
            tokens += symbols
        } else {
            mergeLong(table, into: &tokens)
            // A megabyte without a space must not hold on to its memory.
            symbols = []
            merges = []
        }
    }

    private mutating func mergeShort(_ table: MergeTable) {
        while true {
            var best = MergeTable.Merge.none
            var place = 0
            for (index, merge) in merges.enumerated() where merge.packed < best.packed {
                best = merge
                place = index
            }
            work += merges.count
            guard best != .none else { return }
            symbols[place] = best.result
            symbols.remove(at: place + 1)
            merges.remove(at: place + 1)
            if place > 0 { merges[place - 1] = table[symbols[place - 1], best.result] }
            merges[place] =
                place + 1 < symbols.count ? table[best.result, symbols[place + 1]] : .none
        }
    }

    /// The same in O(n log n): symbols as a linked list, their pairs in a heap.
    private mutating func mergeLong(_ table: MergeTable, into tokens: inout [TokenID]) {
        let count = Int32(symbols.count)
        var previous = Array(-1..<count - 1)
        var next = Array(1...count)
        var heap = BinaryHeap(
            merges.enumerated().lazy.filter { $0.element != .none }
                .map { Candidate($0.element, at: Int32($0.offset)) })
        func update(_ place: Int32, _ merge: MergeTable.Merge) {
            merges[Int(place)] = merge
            if merge != .none { heap.push(Candidate(merge, at: place)) }
        }
        while let candidate = heap.pop() {
            let place = candidate.place
            let left = Int(place)
            let merge = merges[left]
            // An entry whose pair has changed since is stale; the change pushed its own.
            guard merge != .none, merge.rank == candidate.rank else { continue }
            work += 2
            let right = Int(next[left])
            let after = next[right]
            symbols[left] = merge.result
            merges[right] = .none
            next[left] = after
            if after < count {
                previous[Int(after)] = place
                update(place, table[merge.result, symbols[Int(after)]])
            } else {
                merges[left] = .none
            }
            let before = previous[left]
            if before >= 0 { update(before, table[symbols[Int(before)], merge.result]) }
        }
        work += heap.steps
        var place: Int32 = 0
        while place < count {
            tokens.append(symbols[Int(place)])
            place = next[Int(place)]
        }
    }
}

/// A pair waiting to be merged: the earliest learned first, the leftmost of equals first.
private struct Candidate: HeapOrdered {
    /// The rank above the place, so that both are compared at once.
    private let packed: UInt64

    init(_ merge: MergeTable.Merge, at place: Int32) {
        packed = UInt64(merge.rank) << 32 | UInt64(UInt32(bitPattern: place))
    }

    var rank: UInt32 { UInt32(truncatingIfNeeded: packed >> 32) }
    var place: Int32 { Int32(truncatingIfNeeded: packed) }

    func comesBefore(_ other: Candidate) -> Bool { packed < other.packed }
}
