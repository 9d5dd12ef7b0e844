/// The entries of one block of a `SortedTable`.
///
/// A key is stored as how many bytes it shares with the key before it and the bytes that differ.
/// At "restarts", listed at the block's end, a key stands whole.
struct SortedTableBlock {
    /// Names are short; without a bound, keys that share could grow to many times the file.
    static let keyLimit = 1024

    private var entries: ByteCursor
    private var restarts: [Int] = []

    /// - Parameter contents: the block without its type and checksum.
    /// - Throws: `CheckpointError.malformed`.
    init(_ contents: ByteCursor) throws {
        var whole = contents
        guard whole.remaining >= 4 else { throw whole.fault("it is too short") }
        var tail = whole
        try tail.skip(whole.remaining - 4)
        let count = Int(try tail.uint32())
        let (tableByteCount, overflow) = count.multipliedReportingOverflow(by: 4)
        guard count > 0, !overflow, tableByteCount <= whole.remaining - 4 else {
            throw whole.fault("its number of restarts is impossible")
        }
        let entriesByteCount = whole.remaining - 4 - tableByteCount
        entries = try whole.part(entriesByteCount)
        restarts.reserveCapacity(count)
        for _ in 0..<count { restarts.append(Int(try whole.uint32())) }
        let ascending = zip(restarts, restarts.dropFirst()).allSatisfy { $0 < $1 }
        guard restarts[0] == 0, ascending else {
            throw whole.fault("its restarts are not in order")
        }
    }

    /// Hands every key and value to `body`.
    ///
    /// - Parameter body: called with the whole key and a cursor over the value.
    /// - Throws: `CheckpointError.malformed`, and what `body` throws.
    func forEachEntry(_ body: (ArraySlice<UInt8>, ByteCursor) throws -> Void) throws {
        var entries = entries
        let start = entries.position
        var key: [UInt8] = []
        var pending = restarts[...]
        while !entries.isAtEnd {
            let isRestart = pending.first == entries.position - start
            if isRestart { pending.removeFirst() }
            let shared = try entries.varintLength()
            let unshared = try entries.varintLength()
            let valueByteCount = try entries.varintLength()
            guard shared <= key.count, !isRestart || shared == 0 else {
                throw entries.fault("a key shares more than there is")
            }
            guard unshared <= Self.keyLimit - shared else {
                throw entries.fault("a key is longer than \(Self.keyLimit) bytes")
            }
            key.removeSubrange(shared...)
            key += try entries.take(unshared)
            try body(key[...], try entries.part(valueByteCount))
        }
        // An empty block has its one restart at its end.
        guard pending.isEmpty || (pending.count == 1 && entries.position == start) else {
            throw entries.fault("its restarts are not where its keys are")
        }
    }
}
