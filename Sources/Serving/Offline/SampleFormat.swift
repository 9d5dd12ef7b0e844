/// What stands between samples, so that several in one stream can be told apart.
public enum SampleFormat: Sendable, Equatable {
    /// One sample: its text and an end of line.
    case single
    /// A line before each, as the original printed it: 40 `=`, `SAMPLE` and the number, 40 `=`.
    case numbered
    /// A text after each, as gpt-2-simple wrote it.
    case delimited(String)

    /// gpt-2-simple's, where no other is asked for.
    public static let defaultDelimiter = String(repeating: "=", count: 20) + "\n"

    /// What stands before a sample.
    ///
    /// - Parameter number: counts samples from 1.
    /// - Returns: a line, or nothing.
    public func header(_ number: Int) -> String {
        guard case .numbered = self else { return "" }
        let bar = String(repeating: "=", count: 40)
        return "\(bar) SAMPLE \(number) \(bar)\n"
    }

    /// What stands after a sample.
    public var footer: String {
        guard case .delimited(let delimiter) = self else { return "\n" }
        // A delimiter typed in a shell seldom ends its line, and the next sample begins one.
        let end = delimiter.isEmpty || delimiter.hasSuffix("\n") ? "" : "\n"
        return "\n" + delimiter + end
    }
}
