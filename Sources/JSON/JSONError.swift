/// Why a text is not the JSON we accept, and where.
///
/// Nothing of the text itself is in an error except a key that stands twice, so that an error
/// about a request never carries a prompt into a log.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public enum Fault: Sendable, Equatable {
        case empty
        case notUTF8
        case unexpectedCharacter(expected: String)
        case unexpectedEnd
        case invalidNumber
        case numberTooLarge
        case invalidEscape
        case loneSurrogate
        case controlCharacter
        case duplicateKey(String)
        case tooDeep(limit: Int)
        case trailingCharacters
    }

    public let fault: Fault
    public let position: JSONPosition

    public init(_ fault: Fault, at position: JSONPosition) {
        self.fault = fault
        self.position = position
    }

    public var description: String {
        "line \(position.line), column \(position.column): \(reason)"
    }

    /// The fault alone, for a place that says the position in its own way.
    public var reason: String {
        switch fault {
        case .empty: "the JSON text is empty"
        case .notUTF8: "the text is not valid UTF-8"
        case .unexpectedCharacter(let expected): "\(expected) was expected here"
        case .unexpectedEnd: "the text ends too early; a bracket, brace or quote is not closed"
        case .invalidNumber: "this is not a number as JSON writes them"
        case .numberTooLarge: "this number is too large"
        case .invalidEscape: "this is not an escape that JSON knows"
        case .loneSurrogate: "this \\u escape is half of a surrogate pair"
        case .controlCharacter: "a control character in a string must be escaped"
        case .duplicateKey(let key):
            "the key \"\(shown(key, most: 64))\" stands twice in one object"
        case .tooDeep(let limit): "lists and objects are nested deeper than \(limit)"
        case .trailingCharacters: "there is more text after the end of the value"
        }
    }
}
