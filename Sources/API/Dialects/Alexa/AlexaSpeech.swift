import Serving

/// What Alexa is to say. It is plain text: nothing in a reply can then be taken for markup, and nothing
/// need be escaped.
enum AlexaSpeech {
    /// Alexa takes 8000 characters; ours are counted as the bytes of their JSON, which are never fewer.
    static let mostBytes = 8000

    /// A reply in one line, without control characters.
    ///
    /// - Parameters:
    ///   - text: what the model said.
    ///   - isCut: whether it was cut off: it then ends with its last whole sentence, if it has one.
    /// - Returns: what is to be said; empty where nothing was.
    static func spoken(_ text: String, isCut: Bool) -> String {
        let line = oneLine(isCut ? wholeSentences(text) : text)
        let short = shortened(line)
        return short.utf8.count < line.utf8.count ? wholeSentences(short) : line
    }

    private static func wholeSentences(_ text: String) -> String {
        var filter = SentenceFilter()
        return filter.append(text) + filter.cutShort()
    }

    /// Spaces, line breaks and control characters between words are one space each time.
    private static func oneLine(_ text: String) -> String {
        let words = text.unicodeScalars.split { scalar in
            let properties = scalar.properties
            return properties.isWhitespace || properties.generalCategory == .control
                || properties.isNoncharacterCodePoint
        }
        return words.map { String($0) }.joined(separator: " ")
    }

    private static func shortened(_ line: String) -> String {
        var bytes = 0
        var kept = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            let isEscaped = scalar == "\"" || scalar == "\\"
            bytes += isEscaped ? 2 : UTF8.width(scalar)
            guard bytes <= mostBytes else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
