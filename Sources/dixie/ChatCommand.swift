import ArgumentParser
import Chat
import Crypto
import Foundation
import Terminal

/// `dixie chat`: talking to a model in the terminal.
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk to a model.",
        discussion: """
            Words come as they are made. Ctrl-C ends a reply, and Ctrl-C or Ctrl-D at the prompt \
            leaves; /help lists what can be done in between.

            Where standard input is a file or a pipe, each line is a message, replies alone go to \
            standard output, and the first thing that goes wrong ends it.
            """)

    @OptionGroup(title: "Who answers") var source: ChatSource
    @OptionGroup(title: "How") var wishes: ChatWishes

    @Option(
        help: ArgumentHelp(
            """
            Whom the model takes you for; left out, a person is asked where there are several, and \
            it is the persona's audience otherwise.
            """, valueName: "name"))
    var audience: String?

    func validate() throws {
        guard audience.map(Turn.isAudience) ?? true else {
            throw ValidationError(
                "--audience must be 1 to 64 bytes, without \"|\" and line breaks.")
        }
    }

    func run() throws {
        let settings = try wishes.settings()
        let partner = try source.partner(audience: audience)
        let model = try Self.model(source.model, of: partner)
        try partner.prepare(model)

        let isInteractive = isatty(STDIN_FILENO) == 1
        let stop = StopButton()
        let ctrlC = isInteractive ? try CtrlC(stop) : nil
        // Both are needed until the end, and nobody asks them by name.
        defer { withExtendedLifetime((ctrlC, partner)) {} }
        var chat = ChatLoop(
            partner: partner, input: StandardInputLines(interruption: ctrlC?.descriptor),
            screen: Self.screen(isInteractive: isInteractive), stop: stop,
            isInteractive: isInteractive, model: model, audience: audience, settings: settings,
            newSession: { try SecureRandom.identifier() })
        try chat.run()
    }

    /// The original's one model was called chatbot, and so are most of those to chat with.
    private static func model(_ wanted: String?, of partner: any ChatPartner) throws -> String {
        let models = partner.models
        if let wanted {
            guard models.contains(wanted) else {
                throw ChatMistake(
                    "there is no model \(wanted.prefix(64)); there are "
                        + models.joined(separator: ", "))
            }
            return wanted
        }
        guard let first = models.first else {
            throw ChatMistake("there is no model to talk to; add one to the configuration")
        }
        return models.contains("chatbot") ? "chatbot" : first
    }

    /// Replies go to standard output, all else to standard error.
    private static func screen(isInteractive: Bool) -> ChatScreen {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return ChatScreen(
            style: TextStyle(of: STDERR_FILENO), showsSpeakers: isInteractive && isTerminal,
            // A model may say what a terminal would obey.
            writeReply: { try writeOut(isTerminal ? harmless($0) : $0) },
            writeNote: { writeError($0) })
    }
}
