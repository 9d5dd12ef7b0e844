import GPT2
import Tokenizer

/// The text of one sample as its tokens come: whole characters only, and nothing from the place
/// where it is to be cut.
public struct SampleText {
    private var decoder: StreamingDecoder
    private var filter: StopFilter

    /// - Parameters:
    ///   - tokenizer: says what tokens stand for.
    ///   - cut: the text ends before the first occurrence of this; nil for never.
    public init(_ tokenizer: BytePairTokenizer, cutAt cut: String?) {
        decoder = StreamingDecoder(tokenizer)
        filter = StopFilter(cut.map { [$0] } ?? [])
    }

    /// Whether the sample has been cut: nothing comes any more.
    public var isCut: Bool { filter.hasStopped }

    /// What the next token adds; empty while characters or the cut are undecided.
    ///
    /// - Throws: `TokenizerError` when there is no such token.
    public mutating func append(_ token: TokenID) throws -> String {
        filter.append(try decoder.append(token)).emit
    }

    /// What was held back, when no token follows.
    public mutating func finish() -> String {
        let (emit, stopped) = filter.append(decoder.finish())
        return stopped ? emit : emit + filter.finish()
    }
}
