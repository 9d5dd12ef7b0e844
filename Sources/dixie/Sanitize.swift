import ArgumentParser
import Chat
import Foundation
import Terminal

/// `dixie sanitize`: what the server would make of a model's reply.
struct Sanitize: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sanitize",
        abstract: "Clean a reply from standard input as the server would, byte for byte."
    )

    @Option(help: "chatbot, chatbot-legacy (the original's) or none.")
    var rules = Sanitizer.Rules.chatbot

    @Option(
        help: ArgumentHelp(
            "The audiences that may stand in prefixes, as mom,dad; else DIXIE_NAMES is taken.",
            valueName: "a,b"))
    var names: String?

    /// No model's window holds a reply that comes near it.
    private static let byteLimit = 64 << 20

    func run() throws {
        let list = names ?? ProcessInfo.processInfo.environment["DIXIE_NAMES"]
        let sanitizer = Sanitizer(rules, names: list.map(Sanitizer.names(in:)) ?? [])
        let reply = try TextInput.standardInput(limit: Self.byteLimit)
        try writeOut(sanitizer.clean(reply))
    }
}

extension Sanitizer.Rules: ExpressibleByArgument {}
