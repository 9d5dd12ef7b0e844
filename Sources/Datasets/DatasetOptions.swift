import Tokenizer

/// What a run learns from, and how windows are taken out of it.
public struct DatasetOptions: Sendable {
    /// In which order windows come.
    public enum Order: String, Sendable, CaseIterable {
        /// Each window begins at a token drawn anew, all places equally likely.
        case random
        /// Each window begins where the one before it ended, and after the last comes the first.
        case sequential
    }

    /// A text, CSV, `.npz`, `.npy` or `.bin` file, a folder of them, or a pattern of the shell's
    /// kind.
    public var path: String
    /// T, the tokens of a window.
    public var windowLength: Int
    /// The same seed gives the same windows.
    public var seed: UInt64
    /// Keeps apart what is drawn with one seed: training takes 0, validation another number.
    public var stream: UInt32
    /// Texts of several files are joined until there are this many characters.
    public var combine: Int
    /// Of text and CSV files.
    public var encoding: TextEncoding
    /// Which column of CSV files to learn; nil means the first one of files named `.csv`, and
    /// that no other file is taken for one.
    public var csvColumn: CSVColumn?
    /// The side of a chat log, 0 or 1, whose words alone are learned; nil learns everything.
    public var maskPrompt: Int?
    /// Nil means sequential for token shards and random for everything else.
    public var order: Order?

    public init(
        path: String, windowLength: Int, seed: UInt64 = 0, stream: UInt32 = 0,
        combine: Int = 50_000, encoding: TextEncoding = .utf8, csvColumn: CSVColumn? = nil,
        maskPrompt: Int? = nil, order: Order? = nil
    ) {
        self.path = path
        self.windowLength = windowLength
        self.seed = seed
        self.stream = stream
        self.combine = combine
        self.encoding = encoding
        self.csvColumn = csvColumn
        self.maskPrompt = maskPrompt
        self.order = order
    }

    /// No model's window is nearly as long; a length up to this cannot overflow a sum of places.
    static let windowLengths = 1...(1 << 24)

    /// - Throws: `DatasetError.outOfRange`.
    func validate() throws(DatasetError) {
        guard Self.windowLengths.contains(windowLength) else {
            throw .outOfRange(option: "the window", value: windowLength, Self.windowLengths)
        }
        if let maskPrompt, !(0...1).contains(maskPrompt) {
            throw .outOfRange(option: "the side to learn", value: maskPrompt, 0...1)
        }
    }
}

/// A column of a CSV file.
public enum CSVColumn: Sendable, Hashable {
    /// Counted from 0, as in the original.
    case number(Int)
    /// As the header row spells it.
    case name(String)

    /// A number where `text` is one, else a name.
    public init(_ text: String) {
        let digits = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        self = digits ? Int(text).map(Self.number) ?? .name(text) : .name(text)
    }
}
