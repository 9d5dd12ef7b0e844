/// The original's sanitizer, step for step, with its mistakes.
///
/// It deletes digits and punctuation from inside words ("20 apples" becomes " apples"), which
/// models and clients built on the original may have grown around. Nothing here is to be mended:
/// `ReplyCleaner` is the mended one.
enum LegacyRules {
    /// The text as the original's `sanitizers/chatbot.py` would have returned it; bytes that are
    /// not UTF-8 pass through. `names` is `DIXIE_NAMES` split at its commas, empty parts included.
    static func apply(to text: [UInt8], names: [String]) -> [UInt8] {
        var result = text.joiningParts(upTo: 4, separatedBy: Array("<EOM>".utf8))
        for name in names {
            for side in ["0", "1"] {
                result = result.removing("\(side)|\(name)|").removing("\(side)|+\(name)|")
            }
        }
        // Outside the loop in the original too, so that only the last name is meant.
        if let last = names.last {
            result = result.removing("|\(last)|").removing("|+\(last)|")
        }
        for needle in deletions { result = result.removing(needle) }
        result = spacing(result)
        result = spacing(result)
        result = result.removing("0 ").removing("1 ").collapsingSpaces()
        for (needle, replacement) in expansions {
            result = result.replacing(Array(needle.utf8), with: Array(replacement.utf8))
        }
        return result
    }

    private static func spacing(_ text: [UInt8]) -> [UInt8] {
        spaced.reduce(text) { $0.replacing(Array($1.utf8), with: [.space]) }.collapsingSpaces()
    }

    private static let deletions = ["|1|", "|0|", ">1|", ">0|", "0|", "1|", "--", "&"]

    private static let spaced = [
        "<EOM>|", " 2", "<EOM", "<EO", "<E", "(", ")", " 0 ", " 1 ", "<", ">", "|", "https", "http",
        "<EOM>", "+", "\u{2764}\u{FE0F}", "\u{2615}\u{FE0F}", "=", "\u{1F62C}",
    ]

    private static let expansions = [
        ("COE", "C. O. E."), ("ADG", "A. D. G."), ("SEA", "S. E. A."),
    ]
}

extension [UInt8] {
    fileprivate func removing(_ needle: String) -> [UInt8] {
        replacing(Array(needle.utf8), with: [])
    }
}
