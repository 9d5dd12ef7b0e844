/// What is remembered of one chat.
struct ChatMemory {
    /// A chat is one model's with one audience; each has its own.
    struct Key: Hashable {
        let model: String
        let audience: String?
    }

    /// What a server knows it by.
    var session: String
    private(set) var exchanges: [ChatExchange] = []
    /// What was said last, answered or not.
    private(set) var lastMessage: String?
    /// Whether the last exchange is that of `lastMessage`.
    private(set) var isAnswered = false

    init(session: String) { self.session = session }

    mutating func say(_ message: String) {
        lastMessage = message
        isAnswered = false
    }

    /// Adds the answer to what was said last.
    mutating func remember(_ reply: String) {
        guard let lastMessage, !isAnswered else { return }
        exchanges.append(ChatExchange(message: lastMessage, reply: reply))
        isAnswered = true
    }

    /// Forgets the answer to what was said last.
    mutating func takeBack() {
        guard isAnswered else { return }
        exchanges.removeLast()
        isAnswered = false
    }
}
