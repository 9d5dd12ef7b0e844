/// Lets a reply out sentence by sentence, so that one which runs out of time ends with a whole one.
public struct SentenceFilter: Sendable {
    private var held = ""
    private var hasEmitted = false

    public init() {}

    /// Takes the next piece of the reply and returns the sentences that are now whole.
    public mutating func append(_ text: String) -> String {
        held += text
        // A mark ends a sentence when a space follows: "3.5" and "e.g.," go on.
        guard let end = Self.end(of: held, atEndOfText: false) else { return "" }
        return release(upTo: end)
    }

    /// Takes the end of a reply that came to its end by itself, and returns all that is left.
    public mutating func finish() -> String { release(upTo: held.endIndex) }

    /// Takes the end of a reply that was cut short, and returns what may still be said: whole
    /// sentences, or, when there has not been one, what there is.
    public mutating func cutShort() -> String {
        if let end = Self.end(of: held, atEndOfText: true) { return release(upTo: end) }
        return hasEmitted ? "" : finish()
    }

    private mutating func release(upTo end: String.Index) -> String {
        let text = String(held[..<end])
        held.removeSubrange(..<end)
        hasEmitted = hasEmitted || text.contains { !$0.isWhitespace }
        return text
    }

    /// Behind the last mark that ends a sentence, with any quotes or brackets that close after it.
    private static func end(of text: String, atEndOfText: Bool) -> String.Index? {
        var end: String.Index?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            if character.isNewline { end = index }
            guard ".!?…。！？".contains(character) else { continue }
            while index < text.endIndex, ".!?…\"'”’)]".contains(text[index]) {
                index = text.index(after: index)
            }
            let isFollowed = index < text.endIndex && text[index].isWhitespace
            if isFollowed || (atEndOfText && index == text.endIndex) || "。！？".contains(character) {
                end = index
            }
        }
        return end
    }
}
