import JSON

/// What was said in a session so far. It lives in the session's attributes, which Alexa sends back with
/// the next request, so nothing of it stays here.
struct AlexaConversation: Sendable, Equatable {
    /// The user's and the persona's in turn, the user's first.
    private(set) var turns: [String] = []

    /// Bytes of the attributes. A whole answer may have 24 kB, and the window of GPT-2 takes 4 or 5 kB of
    /// English; a prompt has what of it fits the model.
    static let mostBytes = 8000
    /// Dropping more than must go at once leaves the prompts' beginning alone for some turns, for which
    /// it then need not be computed again.
    private static let keptBytes = mostBytes * 3 / 4

    init() {}

    /// - Parameter attributes: of the request; anything but what `attributes` gives counts as none.
    init(_ attributes: JSONValue?) {
        guard let list = attributes?["turns"]?.array, list.count.isMultiple(of: 2) else { return }
        let texts = list.compactMap(\.string)
        guard texts.count == list.count, Self.byteCount(texts) <= Self.mostBytes else { return }
        turns = texts
    }

    var attributes: JSONValue { ["turns": .array(turns.map { .string($0) })] }

    /// The chat up to where the persona is to answer.
    func asking(_ words: String) -> ReplyRequest.Conversation {
        var messages = turns.enumerated().map { index, text in
            ReplyRequest.Conversation.Message(isPersonas: !index.isMultiple(of: 2), text: text)
        }
        messages.append(ReplyRequest.Conversation.Message(isPersonas: false, text: words))
        return ReplyRequest.Conversation(messages: messages)
    }

    /// Adds a turn of each; the oldest go where there is no room.
    mutating func add(_ words: String, _ reply: String) {
        turns += [words, reply]
        guard Self.byteCount(turns) > Self.mostBytes else { return }
        while !turns.isEmpty, Self.byteCount(turns) > Self.keptBytes { turns.removeFirst(2) }
    }

    /// What the attributes take as JSON.
    private static func byteCount(_ turns: [String]) -> Int {
        var conversation = AlexaConversation()
        conversation.turns = turns
        return conversation.attributes.serializedBytes.count
    }
}
