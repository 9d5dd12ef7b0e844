import Foundation

/// Colours for a terminal; for anything else the text as it is.
public struct TextStyle: Sendable {
    /// Whether there are any.
    public let isColoured: Bool

    /// - Parameters:
    ///   - isTerminal: whether the text goes to a terminal.
    ///   - environment: a `NO_COLOR` in it that is not empty, or a `TERM` of `dumb`, forbids colours.
    public init(isTerminal: Bool, environment: [String: String]) {
        let isForbidden = environment["NO_COLOR"]?.isEmpty == false
        isColoured = isTerminal && !isForbidden && environment["TERM"] != "dumb"
    }

    /// Of what is written to a descriptor of this process.
    public init(of descriptor: Int32) {
        self.init(
            isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
    }

    /// For what a person is to look at first.
    public func strong(_ text: String) -> String { styled(text, "1") }

    /// For who speaks.
    public func name(_ text: String) -> String { styled(text, "36") }

    /// For what a program says beside its work.
    public func quiet(_ text: String) -> String { styled(text, "2") }

    private func styled(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// A text without the characters that move a terminal's cursor or change its ways; line breaks and
/// tabs stay.
public func harmless(_ text: String) -> String {
    let isHarmless = { (scalar: Unicode.Scalar) in
        scalar.properties.generalCategory != .control || scalar == "\n" || scalar == "\t"
    }
    guard !text.unicodeScalars.allSatisfy(isHarmless) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter(isHarmless)))
}
