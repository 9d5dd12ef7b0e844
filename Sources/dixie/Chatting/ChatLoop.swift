import Terminal

/// A chat: takes lines, has them answered, and shows what comes of it.
///
/// Where no person is at it, the first thing that goes wrong ends it, and nothing is asked.
struct ChatLoop {
    let partner: any ChatPartner
    let input: any ChatInput
    let screen: ChatScreen
    /// Ends a reply under way.
    let stop: StopButton
    /// Whether a person is at it.
    let isInteractive: Bool
    /// Makes a name that no other chat has.
    let newSession: () throws -> String

    var model: String
    /// Whom the model takes the person for; nil until it is settled, and where only the server knows.
    var audience: String?
    var settings = ChatSettings()
    private var memories: [ChatMemory.Key: ChatMemory] = [:]

    init(
        partner: any ChatPartner, input: any ChatInput, screen: ChatScreen, stop: StopButton,
        isInteractive: Bool, model: String, audience: String?, settings: ChatSettings,
        newSession: @escaping () throws -> String
    ) {
        self.partner = partner
        self.input = input
        self.screen = screen
        self.stop = stop
        self.isInteractive = isInteractive
        self.model = model
        self.audience = audience
        self.settings = settings
        self.newSession = newSession
    }

    /// Chats until somebody leaves or nothing comes any more.
    ///
    /// - Throws: `TerminalError` where input or output fail; where no person is at it, whatever goes
    ///   wrong.
    mutating func run() throws {
        guard try settleAudience() else { return }
        if isInteractive { screen.say(greeting) }
        while let line = try nextLine(asking: audience ?? "you") {
            do {
                guard try take(line) else { return }
            } catch  where isInteractive && !(error is TerminalError) {
                screen.say(sentence(on: error))
            }
        }
    }

    private var greeting: String {
        "\(model) is here" + (audience.map { " and takes you for \($0)" } ?? "")
            + ". /help lists what else you can do; Ctrl-D leaves."
    }

    /// Waits for a line; nil where the person leaves, or nothing comes any more.
    private func nextLine(asking who: String) throws -> String? {
        if isInteractive { screen.ask(who) }
        if case .line(let text) = try input.next() { return text }
        if isInteractive { screen.writeNote("\n") }
        return nil
    }

    /// Does what a line asks for.
    ///
    /// - Returns: whether the chat goes on.
    private mutating func take(_ line: String) throws -> Bool {
        switch try ChatLine(line) {
        case .nothing: return true
        case .message(let text):
            try say(text)
            return true
        case .order(.quit): return false
        case .order(let order):
            try follow(order)
            return true
        }
    }
}

// MARK: - Who is there

extension ChatLoop {
    /// Finds out who is at it: asks, where there are several and a person to ask.
    ///
    /// - Returns: false where the person leaves instead.
    private mutating func settleAudience() throws -> Bool {
        let audiences = partner.audiences(of: model)
        if let audience {
            warnOfStranger(audience, among: audiences.names)
            return true
        }
        audience = audiences.usual
        guard isInteractive, audiences.names.count > 1 else { return true }
        screen.say("Who are you?")
        for (index, name) in audiences.names.enumerated() { screen.say("  \(index + 1)  \(name)") }
        let usual = audiences.usual.map { " [\($0)]" } ?? ""
        while let line = try nextLine(asking: "name or number\(usual)") {
            if line.allSatisfy(\.isWhitespace) { return true }
            if let name = choice(line, among: audiences.names) {
                audience = name
                return true
            }
            screen.say(
                "that is none of them; give a name, or a number from 1 to \(audiences.names.count)")
        }
        return false
    }

    /// A model knows those it was trained with; who is none of them may be misspelled.
    func warnOfStranger(_ name: String, among names: [String]) {
        guard !names.isEmpty, !names.contains(name) else { return }
        screen.say(
            "\(name) is none of those that \(model) was given: \(names.joined(separator: ", "))")
    }
}

/// What a person means by a word: one of the names, or its number in their list, from 1.
func choice(_ word: String, among names: [String]) -> String? {
    let end = word.lastIndex { !$0.isWhitespace }
    let word = end.map { String(word[...$0].drop(while: \.isWhitespace)) } ?? ""
    if names.contains(word) { return word }
    guard let number = Int(word), names.indices.contains(number - 1) else { return nil }
    return names[number - 1]
}

// MARK: - Talking

extension ChatLoop {
    private var key: ChatMemory.Key { ChatMemory.Key(model: model, audience: audience) }

    /// What is remembered of the chat that is going on; nil before its first message.
    var memory: ChatMemory? {
        get { memories[key] }
        set { memories[key] = newValue }
    }

    /// Says something, and shows the answer. It is remembered once the answer is whole.
    mutating func say(_ message: String) throws {
        var memory = try self.memory ?? ChatMemory(session: newSession())
        memory.say(message)
        self.memory = memory
        let reply = try answer(
            ChatRequest(
                model: model, audience: audience, session: memory.session,
                exchanges: memory.exchanges, message: message, settings: settings))
        guard reply.isWhole else {
            screen.say("stopped; this is not remembered, and /retry asks again")
            return
        }
        self.memory?.remember(reply.text)
        if isInteractive, reply.text.isEmpty { screen.say("(it said nothing)") }
    }

    private func answer(_ request: ChatRequest) throws -> ChatReply {
        if isInteractive { screen.introduce(model) }
        stop.begin()
        defer { stop.end() }
        var hasBegun = false
        do {
            let reply = try partner.reply(to: request, stop: stop) { piece in
                hasBegun = true
                try screen.writeReply(piece)
            }
            try screen.writeReply("\n")
            return reply
        } catch {
            // What is said of it begins a line.
            if hasBegun {
                try? screen.writeReply("\n")
            } else if isInteractive, screen.showsSpeakers {
                screen.writeNote("\n")
            }
            throw error
        }
    }
}
