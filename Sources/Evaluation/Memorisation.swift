import Chat
import Tokenizer

/// How much of a model's replies stands word for word in what it was trained on.
public struct Memorisation: Sendable, Equatable {
    /// Share of replies whose text is that of a whole message, or a whole line, of the training
    /// text. Empty replies are none.
    public let verbatimShare: Double
    /// The longest run of tokens that a reply shares with a line of the training text.
    public let longestRun: Int
    /// The same, averaged over the replies.
    public let meanLongestRun: Double

    /// - Parameters:
    ///   - replies: the model's.
    ///   - training: the text it was trained on.
    ///   - tokenizer: the model's.
    public init(of replies: [ReplySample], in training: String, tokenizer: BytePairTokenizer) {
        var known = Set(Transcript(reading: training).turns.map { Self.trimmed($0.text.utf8) })
        var runs = CommonRuns(replies.map(\.tokens))
        for line in training.utf8.split(separator: UInt8(ascii: "\n")) {
            known.insert(Self.trimmed(line))
            runs.read(tokenizer.encode(Array(line)))
        }
        let texts = replies.map { Self.trimmed($0.text) }
        let verbatim = texts.count { !$0.isEmpty && known.contains($0) }
        let lengths = runs.lengths()
        let count = Double(max(1, replies.count))
        verbatimShare = Double(verbatim) / count
        longestRun = lengths.max() ?? 0
        meanLongestRun = Double(lengths.reduce(0, +)) / count
    }

    private static func trimmed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = Array(bytes.drop(while: isBlank))
        let end = start.lastIndex { !isBlank($0) }
        return end.map { Array(start[...$0]) } ?? []
    }
}
