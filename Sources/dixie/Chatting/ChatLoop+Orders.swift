import Chat
import Checkpoints
import Foundation

extension ChatLoop {
    /// Does what was asked for with a slash, but for leaving.
    ///
    /// - Throws: `ChatMistake` where it cannot be done; what keeps a model from answering, or a file
    ///   from being written.
    mutating func follow(_ order: ChatOrder) throws {
        switch order {
        case .help: showHelp()
        case .model(nil): showList(partner.models, current: model)
        case .model(let name?): try change(model: name)
        case .audience(nil): try showAudiences()
        case .audience(let name?): try change(audience: name)
        case .reset:
            memory = nil
            screen.say("forgotten; the chat begins anew")
        case .retry: try retry()
        case .history: showHistory()
        case .set(let name?, let value?):
            try settings.set(name, to: value)
            try settings.lines(name).forEach(screen.say)
        case .set(let name, _): try settings.lines(name).forEach(screen.say)
        case .save(let path, let replaces): try save(to: path, replaces: replaces)
        case .quit: break
        }
    }

    private func showHelp() {
        let width = ChatOrder.list.map(\.usage.count).max() ?? 0
        for (usage, meaning) in ChatOrder.list {
            screen.say(usage.padding(toLength: width + 2, withPad: " ", startingAt: 0) + meaning)
        }
    }

    private func showList(_ names: [String], current: String?) {
        for (index, name) in names.enumerated() {
            screen.say("\(name == current ? "*" : " ") \(index + 1)  \(name)")
        }
    }

    private func showAudiences() throws {
        let names = partner.audiences(of: model).names
        guard names.isEmpty else { return showList(names, current: audience) }
        screen.say(
            audience.map { "\(model) takes you for \($0)" }
                ?? "the server says who you are; /audience NAME says it yourself")
    }

    private mutating func change(model name: String) throws {
        guard let key = choice(name, among: partner.models) else {
            throw ChatMistake(
                "there is no model \(name.prefix(64)); there are "
                    + partner.models.joined(separator: ", "))
        }
        try partner.prepare(key)
        model = key
        let audiences = partner.audiences(of: key)
        if !audiences.names.isEmpty, !audiences.names.contains(audience ?? "") {
            audience = audiences.usual
        }
        screen.say("\(model) is here" + (audience.map { " and takes you for \($0)" } ?? ""))
    }

    private mutating func change(audience name: String) throws {
        let names = partner.audiences(of: model).names
        let name = choice(name, among: names) ?? name
        guard Turn.isAudience(name) else { throw ChatMistake("\(TranscriptError.audience)") }
        audience = name
        warnOfStranger(name, among: names)
        screen.say("\(model) takes you for \(name)")
    }

    private mutating func retry() throws {
        guard var memory = self.memory, let message = memory.lastMessage else {
            throw ChatMistake("nothing has been said yet, so there is nothing to ask again")
        }
        if memory.isAnswered {
            guard partner.takesBack || memory.exchanges.count == 1 else {
                throw ChatMistake(
                    "the server remembers this chat and takes nothing back; say it in other words, "
                        + "or begin anew with /reset")
            }
            if settings.seed != nil || settings.temperature == 0 {
                screen.say("nothing is left to chance, so this is the same reply again; see /set")
            }
            memory.takeBack()
            memory.session = try newSession()
            self.memory = memory
        }
        try say(message)
    }

    private func showHistory() {
        guard let exchanges = memory?.exchanges, !exchanges.isEmpty else {
            return screen.say("nothing has been said yet")
        }
        for exchange in exchanges {
            screen.say("\(audience ?? "you"): \(exchange.message)")
            screen.say("\(model): \(exchange.reply)")
        }
    }

    private func save(to path: String, replaces: Bool) throws {
        guard let exchanges = memory?.exchanges, !exchanges.isEmpty else {
            throw ChatMistake("nothing has been said yet, so there is nothing to save")
        }
        guard let audience else {
            throw ChatMistake(
                "every line of the file names you, so say who you are with /audience NAME first")
        }
        guard replaces || !FileManager.default.fileExists(atPath: path) else {
            throw ChatMistake("\(path) is there already; /save! \(path) replaces it")
        }
        let side = partner.personaSide(of: model)
        let turns = try exchanges.flatMap { exchange in
            [
                try Turn(side: 1 - side, audience: audience, text: exchange.message),
                try Turn(side: side, audience: audience, text: exchange.reply),
            ]
        }
        try AtomicFile.write(to: path) { try $0.append(Array(Transcript(turns).text.utf8)) }
        screen.say("saved \(turns.count) lines to \(path)")
    }
}
