/// Remembers the tokens of short words it has met. Bounded: each word has one slot, which the next
/// word of the same slot takes over, so that no text can make it grow or slow.
struct WordCache: Sendable {
    /// Words longer than this are not kept.
    static let longestWord = 16
    /// Words of more tokens than this are not kept.
    static let mostTokens = 11

    /// A word's bytes padded with zeros, and its hash.
    struct Key: Sendable {
        let low: UInt64
        let high: UInt64
        let length: Int

        /// The key of the word that stands at `word`, which has 1 to `longestWord` bytes.
        @inline(__always)
        init(_ word: Range<Int>, of text: UnsafeBufferPointer<UInt8>) {
            length = word.count
            var low: UInt64 = 0
            var high: UInt64 = 0
            if word.lowerBound + 16 <= text.count {
                let raw = UnsafeRawBufferPointer(text)
                let first = raw.loadUnaligned(fromByteOffset: word.lowerBound, as: UInt64.self)
                if length <= 8 {
                    low = UInt64(littleEndian: first) & (~0 >> UInt64(64 - 8 * length))
                } else {
                    low = UInt64(littleEndian: first)
                    let rest = raw.loadUnaligned(
                        fromByteOffset: word.lowerBound + 8, as: UInt64.self)
                    high = UInt64(littleEndian: rest) & (~0 >> UInt64(128 - 8 * length))
                }
            } else {
                for (offset, byte) in text[word].enumerated() {
                    if offset < 8 {
                        low |= UInt64(byte) << UInt64(8 * offset)
                    } else {
                        high |= UInt64(byte) << UInt64(8 * (offset - 8))
                    }
                }
            }
            self.low = low
            self.high = high
        }

        @inline(__always)
        var hash: Int {
            let mixed = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
            return Int(truncatingIfNeeded: (mixed ^ (mixed >> 29)) >> 16)
        }
    }

    private static let slotCount = 1 << 14
    private static let stride = mostTokens + 1

    private var lows = [UInt64](repeating: 0, count: slotCount)
    private var highs = [UInt64](repeating: 0, count: slotCount)
    /// For each slot the word's length times 16 plus how many tokens, then the tokens; 0 is free.
    private var entries = [TokenID](repeating: 0, count: slotCount * stride)

    /// Appends the tokens of a word to `tokens`, if it is remembered.
    @inline(__always)
    func append(_ key: Key, to tokens: inout [TokenID]) -> Bool {
        let slot = key.hash & (Self.slotCount - 1)
        guard lows[slot] == key.low, highs[slot] == key.high else { return false }
        let entry = slot * Self.stride
        let head = Int(entries[entry])
        guard head >> 4 == key.length else { return false }
        if head & 15 == 1 {
            tokens.append(entries[entry + 1])
        } else {
            tokens += entries[entry + 1...entry + (head & 15)]
        }
        return true
    }

    /// Remembers a word, unless it has too many tokens.
    mutating func insert(_ key: Key, tokens: ArraySlice<TokenID>) {
        guard tokens.count <= Self.mostTokens else { return }
        let slot = key.hash & (Self.slotCount - 1)
        lows[slot] = key.low
        highs[slot] = key.high
        let entry = slot * Self.stride
        entries[entry] = TokenID(key.length << 4 | tokens.count)
        for (offset, token) in tokens.enumerated() { entries[entry + 1 + offset] = token }
    }
}
