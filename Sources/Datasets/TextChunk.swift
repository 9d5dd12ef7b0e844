import Tokenizer

/// Collects texts until they make a chunk, and keeps account of which bytes are to be learned.
struct TextChunk {
    struct Text {
        let text: String
        /// Byte ranges of the text in UTF-8, in order.
        let learned: [Range<Int>]

        init(_ text: String, learned: [Range<Int>] = []) {
            self.text = text
            self.learned = learned
        }
    }

    private var combiner: TextCombiner?
    private var learned: [Range<Int>] = []
    private var byteCount = 0

    /// - Parameter combine: how many characters make a chunk; nil makes a chunk of every text.
    init(combine: Int?) { combiner = combine.map(TextCombiner.init) }

    /// Takes the next text and returns the chunk it completes, if it does.
    mutating func add(_ text: Text) -> Text? {
        guard combiner != nil else { return text }
        learned += text.learned.map { $0.lowerBound + byteCount..<$0.upperBound + byteCount }
        byteCount += text.text.utf8.count
        guard let whole = combiner?.add(text.text) else {
            byteCount += EndOfText.spelling.utf8.count
            return nil
        }
        return take(whole)
    }

    /// The last chunk, unless nothing is left.
    mutating func finish() -> Text? { combiner?.finish().map { take($0) } }

    private mutating func take(_ text: String) -> Text {
        defer {
            learned = []
            byteCount = 0
        }
        return Text(text, learned: learned)
    }
}
