import Tokenizer

/// Which tokens of a text are to be learned.
enum TokenMask {
    /// For every token whether any of its bytes is to be learned: one that begins with the pipe
    /// of `0|mom|` and goes on into what mom says counts.
    ///
    /// - Parameters:
    ///   - ids: the tokens of a whole text.
    ///   - ranges: bytes of the same text in UTF-8, in order and not overlapping.
    ///   - tokenizer: the one that made them.
    /// - Returns: as many as there are tokens.
    /// - Throws: `TokenizerError` for an id that is no token of it.
    static func mask(
        of ids: [TokenID], learning ranges: [Range<Int>], tokenizer: BytePairTokenizer
    ) throws -> [Bool] {
        var lengths: [TokenID: Int] = [:]
        var mask: [Bool] = []
        mask.reserveCapacity(ids.count)
        var start = 0
        var next = ranges[...]
        for id in ids {
            let length = try lengths[id] ?? tokenizer.bytes(of: id).count
            lengths[id] = length
            let end = start + length
            while let range = next.first, range.upperBound <= start { next.removeFirst() }
            mask.append(next.first.map { $0.lowerBound < end } ?? false)
            start = end
        }
        return mask
    }
}
