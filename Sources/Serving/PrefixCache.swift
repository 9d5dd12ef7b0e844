import Crypto

/// What was computed for sequences that have ended, for prompts that begin with the same tokens.
///
/// It decides what is kept, what goes and what matches; the memory itself is somebody else's, kept
/// here by reference. Nothing is ever found across scopes. Tokens are what people wrote: they are
/// in memory only, and in no description.
///
/// - `Memory`: whatever holds what was computed for the tokens of an entry.
struct PrefixCache<Memory> {
    /// Who may have an entry: one caller, of one version of one model.
    struct Scope: Hashable {
        let version: Scheduler.ModelID
        let tenant: SHA256Digest?
    }

    private struct Entry {
        let tokens: [Int32]
        let memory: Memory
        let byteCount: Int
        var lastUse: UInt64
    }

    /// Bytes the entries may take together.
    let byteLimit: Int
    private(set) var byteCount = 0
    private var entries: [Scope: [Entry]] = [:]
    private var uses: UInt64 = 0

    /// Of two sequences that differ in fewer tokens than this at their ends the longer one stands for
    /// both: what the other has besides is not worth its memory.
    private let slack: Int

    init(byteLimit: Int, slack: Int) {
        self.byteLimit = byteLimit
        self.slack = slack
    }

    var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Finds the entry that begins with the most of some tokens, and counts it as used.
    ///
    /// - Parameters:
    ///   - tokens: a prompt, as far as it may be matched.
    ///   - scope: whose it is.
    ///   - least: a shorter match is none.
    /// - Returns: how many tokens it has in common with them, and what was computed for it.
    mutating func longestMatch(
        _ tokens: ArraySlice<Int32>, in scope: Scope, atLeast least: Int
    ) -> (length: Int, memory: Memory)? {
        guard let candidates = entries[scope] else { return nil }
        var best: (length: Int, index: Int)?
        for (index, entry) in candidates.enumerated() {
            let length = commonPrefixLength(tokens, entry.tokens[...])
            if length >= least, length > best?.length ?? 0 { best = (length, index) }
        }
        guard let best else { return nil }
        use(best.index, in: scope)
        return (best.length, candidates[best.index].memory)
    }

    /// Keeps what was computed for some tokens, unless an entry has it already. Entries that have
    /// nothing beside it go, and then the least recently used ones, until there is room.
    ///
    /// - Parameters:
    ///   - tokens: what it was computed for.
    ///   - byteCount: what it takes.
    ///   - scope: who may have it.
    ///   - memory: makes what is kept; called when there is room, and only if it is kept.
    /// - Returns: whether it was kept.
    @discardableResult
    mutating func insert(
        _ tokens: ArraySlice<Int32>, byteCount: Int, in scope: Scope, memory: () throws -> Memory
    ) rethrows -> Bool {
        guard tokens.count >= slack, byteCount <= byteLimit else { return false }
        var superseded: [Int] = []
        for (index, entry) in (entries[scope] ?? []).enumerated() {
            let length = commonPrefixLength(tokens, entry.tokens[...])
            if tokens.count - length < slack, tokens.count <= entry.tokens.count {
                use(index, in: scope)
                return false
            }
            if entry.tokens.count - length < slack { superseded.append(index) }
        }
        for index in superseded.reversed() { remove(index, in: scope) }
        while self.byteCount + byteCount > byteLimit { removeLeastRecentlyUsed() }
        let memory = try memory()
        uses += 1
        entries[scope, default: []].append(
            Entry(
                tokens: Array(tokens), memory: memory, byteCount: byteCount, lastUse: uses))
        self.byteCount += byteCount
        return true
    }

    /// Lets go of all that was computed with a version.
    mutating func removeAll(of version: Scheduler.ModelID) {
        for (scope, gone) in entries where scope.version == version {
            byteCount -= gone.reduce(0) { $0 + $1.byteCount }
            entries[scope] = nil
        }
    }

    private mutating func use(_ index: Int, in scope: Scope) {
        uses += 1
        entries[scope]?[index].lastUse = uses
    }

    private mutating func remove(_ index: Int, in scope: Scope) {
        guard let gone = entries[scope]?.remove(at: index) else { return }
        byteCount -= gone.byteCount
        if entries[scope]?.isEmpty == true { entries[scope] = nil }
    }

    private mutating func removeLeastRecentlyUsed() {
        var oldest: (use: UInt64, scope: Scope, index: Int)?
        for (scope, candidates) in entries {
            for (index, entry) in candidates.enumerated()
            where entry.lastUse < oldest?.use ?? .max {
                oldest = (entry.lastUse, scope, index)
            }
        }
        if let oldest { remove(oldest.index, in: oldest.scope) }
    }
}

/// How many tokens two sequences begin with alike.
func commonPrefixLength(_ left: ArraySlice<Int32>, _ right: ArraySlice<Int32>) -> Int {
    left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
            let end = min(left.count, right.count)
            var length = 0
            while length < end, left[length] == right[length] { length += 1 }
            return length
        }
    }
}
