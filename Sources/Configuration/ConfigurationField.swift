import JSON

/// One field of `server_config.json`: what the reader checks it against and what
/// `docs/CONFIGURATION.md` says about it.
public struct ConfigurationField: Sendable {
    /// What a value must be.
    public enum Kind: Sendable {
        /// `true` or `false`; 1 and 0 are taken as well.
        case flag
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        /// A number of bytes, or a text such as "8GB".
        case size(ClosedRange<Int>)
        /// A text of so many bytes.
        case text(ClosedRange<Int>)
        /// A file or folder; a relative one starts at the configuration's folder.
        case path
        /// 1 to 64 of `A-Z a-z 0-9 . _ : -`.
        case identifier
        case choice([String])
        /// A list of texts.
        case texts(count: ClosedRange<Int>, bytes: ClosedRange<Int>)
        /// A text, or a list of them.
        case oneOrMoreTexts(count: ClosedRange<Int>, bytes: ClosedRange<Int>)
        case paths(count: ClosedRange<Int>)
        case identifiers(count: ClosedRange<Int>)
        case choices([String])
        case object(ConfigurationSection)
        /// A list of objects.
        case objects(count: ClosedRange<Int>)
    }

    public let name: String
    public let kind: Kind
    /// What the field is where it is left out; null where that is nothing, or depends on others.
    public let standard: JSONValue
    /// What a null `standard` stands for.
    public let standardMeaning: String?
    /// A value to show to a person who wrote a wrong one, where `standard` is null.
    public let example: JSONValue
    public let summary: String
    /// What this version does instead of acting on the field; nil when it acts on it.
    public let notYet: String?

    init(
        _ name: String, _ kind: Kind, _ standard: JSONValue, meaning: String? = nil,
        example: JSONValue? = nil, _ summary: String, notYet: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        standardMeaning = meaning
        self.example = example ?? standard
        self.summary = summary
        self.notYet = notYet
    }
}

extension ConfigurationField.Kind {
    /// What a value must be, in words.
    public var expectation: String {
        switch self {
        case .flag: "true or false"
        case .integer(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "a number from \(plain(range.lowerBound)) to \(plain(range.upperBound))"
        case .size(let range):
            """
            a number of bytes or a size such as "8GB", from \(ByteSize.text(range.lowerBound)) to \
            \(ByteSize.text(range.upperBound))
            """
        case .text(let range) where range.count == 1: "a text of \(range.lowerBound) bytes"
        case .text(let range): "a text of \(range.lowerBound) to \(range.upperBound) bytes"
        case .path: "a path"
        case .identifier: "1 to 64 letters, digits and . _ : -"
        case .choice(let names): "one of " + quoted(names)
        case .texts(let count, let bytes):
            """
            a list of \(plural(count, "text")), each of \(bytes.lowerBound) to \
            \(bytes.upperBound) bytes
            """
        case .oneOrMoreTexts(let count, let bytes):
            """
            a text of \(bytes.lowerBound) to \(bytes.upperBound) bytes, or a list of \
            \(count.lowerBound) to \(count.upperBound) such
            """
        case .paths(let count): "a list of \(plural(count, "path"))"
        case .identifiers(let count):
            "a list of \(plural(count, "name")) of letters, digits and . _ : -"
        case .choices(let names): "a list of any of " + quoted(names)
        case .object: "an object"
        case .objects(let count): "a list of \(count.lowerBound) to \(count.upperBound) entries"
        }
    }

    private func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    private func quoted(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private func plural(_ count: ClosedRange<Int>, _ noun: String) -> String {
        "\(count.lowerBound) to \(count.upperBound) \(noun)s"
    }
}
