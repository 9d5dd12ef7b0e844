/// What else than talking can be done in a chat.
enum ChatOrder: Equatable, Sendable {
    case help
    /// Nil lists them.
    case model(String?)
    /// Nil lists them.
    case audience(String?)
    case reset
    case retry
    case history
    /// Without a name all are shown, without a value the one.
    case set(name: String?, value: String?)
    case save(path: String, replaces: Bool)
    case quit

    /// How each is written, and what it does.
    static let list: [(usage: String, meaning: String)] = [
        ("/help", "shows this list"),
        ("/model [KEY]", "lists the models, or changes to one"),
        ("/audience [NAME]", "says whom the model takes you for, or changes it"),
        ("/reset", "forgets this chat"),
        ("/retry", "takes the last reply back and asks again"),
        ("/history", "shows this chat"),
        (
            "/set [NAME VALUE]",
            "shows or changes \(ChatSettings.names.joined(separator: ", ")); a value of default "
                + "leaves it to the model"
        ),
        ("/save FILE", "writes this chat as train reads it; /save! FILE replaces a file"),
        ("/quit", "leaves, as Ctrl-D does"),
        ("//TEXT", "says /TEXT"),
    ]

    /// - Parameter text: the line after its slash.
    /// - Throws: `ChatMistake` for what is none.
    init(_ text: Substring) throws(ChatMistake) {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let name = words.first?.lowercased() ?? ""
        let rest = Array(words.dropFirst())
        switch name {
        case "help", "?": self = .help
        case "reset": self = .reset
        case "retry": self = .retry
        case "history": self = .history
        case "quit", "exit": self = .quit
        case "model": self = .model(rest.first)
        case "audience":
            // A name may have spaces in it.
            self = .audience(Self.argument(of: text))
            return
        case "set": self = .set(name: rest.first, value: rest.dropFirst().first)
        case "save", "save!":
            guard let path = Self.argument(of: text) else {
                throw ChatMistake("/\(name) needs a file to write, as in /\(name) chat.txt")
            }
            self = .save(path: path, replaces: name == "save!")
            return
        default:
            let names = Self.list.dropLast().map { String($0.usage.prefix { $0 != " " }) }
            throw ChatMistake(
                "there is no /\(name.prefix(32)); there are \(names.joined(separator: ", ")), and "
                    + "//TEXT says what begins with a slash")
        }
        guard rest.count <= mostWords else {
            throw ChatMistake("/\(name) does not take so many words; /help says how it is written")
        }
    }

    /// The words that may follow.
    private var mostWords: Int {
        switch self {
        case .set: 2
        case .model: 1
        default: 0
        }
    }

    /// All that follows the order's name, without the white space around it.
    private static func argument(of text: Substring) -> String? {
        let line = text.drop { $0.isWhitespace }
        let rest = line.drop { !$0.isWhitespace }.drop { $0.isWhitespace }
        let end = rest.lastIndex { !$0.isWhitespace }
        return end.map { String(rest[...$0]) }
    }
}
