/// Turns tokens into text as they come, never giving out a part of a character.
///
/// All it returns, joined, equals `BytePairTokenizer.decodeText` of all tokens.
public struct StreamingDecoder: Sendable {
    private let tokenizer: BytePairTokenizer
    /// The start of a character whose other bytes have not come yet; three bytes at most.
    private var pending: [UInt8] = []

    public init(_ tokenizer: BytePairTokenizer) { self.tokenizer = tokenizer }

    /// The text that `id` completes; empty while a character waits for its other bytes.
    ///
    /// - Throws: `TokenizerError` when there is no such token; what was held back stays.
    public mutating func append(_ id: TokenID) throws -> String {
        pending += try tokenizer.slice(of: id)
        let whole = pending.count - Self.unfinishedCount(pending)
        defer { pending.removeFirst(whole) }
        return String(decoding: pending[..<whole], as: UTF8.self)
    }

    /// What is left when no token follows: U+FFFD for a character that was begun, otherwise empty.
    /// The decoder can then start on another text.
    public mutating func finish() -> String {
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end are the start of a character that more bytes could finish.
    private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            let start = bytes[(bytes.count - length)...]
            return UTF8Sequence.isUnfinished(start) ? length : 0
        }
        return 0
    }
}
