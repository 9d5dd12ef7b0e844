/// Joins short texts into chunks that are encoded as one, as the original's `load_dataset` does.
///
/// Texts are collected, each followed by `<|endoftext|>` spelled out, until there are `combine`
/// characters or more; the text that makes it so ends the chunk and is not followed by the mark.
/// What is left at the end is the last chunk, mark included.
public struct TextCombiner: Sendable {
    private let combine: Int
    private var collected = ""
    private var characterCount = 0

    /// - Parameter combine: how many characters (Unicode scalars) make a chunk.
    public init(combine: Int) { self.combine = combine }

    /// Takes the next text and returns the chunk it completes, if it does.
    public mutating func add(_ text: String) -> String? {
        append(text)
        guard characterCount < combine else { return take() }
        append(EndOfText.spelling)
        return nil
    }

    /// The last chunk, unless nothing is left.
    public mutating func finish() -> String? {
        collected.isEmpty ? nil : take()
    }

    private mutating func append(_ text: String) {
        collected += text
        characterCount += text.unicodeScalars.count
    }

    private mutating func take() -> String {
        defer {
            collected = ""
            characterCount = 0
        }
        return collected
    }
}
