/// Lets a reply out sentence by sentence, so that one which runs out of time ends with a whole one.
///
/// Each scalar is looked at once, however the reply is cut into pieces.
public struct SentenceFilter: Sendable {
    private var held: [Unicode.Scalar] = []
    /// Whether what was last seen is a mark that ends a sentence if nothing but a space follows:
    /// "3.5" and "e.g.," go on.
    private var isBehindMark = false
    private var hasEmitted = false

    public init() {}

    /// Takes the next piece of the reply and returns the sentences that are now whole.
    public mutating func append(_ text: String) -> String {
        var wholeCount = 0
        for scalar in text.unicodeScalars {
            if isBehindMark, scalar.properties.isWhitespace { wholeCount = held.count }
            held.append(scalar)
            if Self.newlines.contains(scalar) || Self.wideMarks.contains(scalar) {
                // Chinese and Japanese put no space behind their marks.
                wholeCount = held.count
                isBehindMark = false
            } else if Self.marks.contains(scalar) {
                isBehindMark = true
            } else if !Self.closers.contains(scalar) {
                isBehindMark = false
            }
        }
        return release(wholeCount)
    }

    /// Takes the end of a reply that came to its end by itself, and returns all that is left.
    public mutating func finish() -> String { release(held.count) }

    /// Takes the end of a reply that was cut short, and returns what may still be said: whole
    /// sentences, or, when there has not been one, what there is.
    public mutating func cutShort() -> String {
        isBehindMark || !hasEmitted ? finish() : ""
    }

    private mutating func release(_ count: Int) -> String {
        guard count > 0 else { return "" }
        var whole = String.UnicodeScalarView()
        whole.append(contentsOf: held.prefix(count))
        held.removeFirst(count)
        hasEmitted = hasEmitted || whole.contains { !$0.properties.isWhitespace }
        return String(whole)
    }

    private static let marks = Set(".!?…".unicodeScalars)
    private static let wideMarks = Set("。！？".unicodeScalars)
    /// Quotes and brackets that belong to the sentence they close.
    private static let closers = Set("\"'”’)]".unicodeScalars)
    private static let newlines = Set("\n\r\u{85}\u{2028}\u{2029}".unicodeScalars)
}
