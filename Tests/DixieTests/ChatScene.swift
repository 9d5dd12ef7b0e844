import Synchronization
import Terminal

@testable import dixie

/// A chat whose lines and answers are values, and what came of it.
final class ChatScene {
    /// Answers with what it was told to, and keeps what it was asked.
    final class Parrot: ChatPartner {
        struct Refusal: Error, CustomStringConvertible { let description = "no answer today" }

        enum Answer {
            case pieces([String])
            /// After a piece somebody presses the button, and nothing comes any more.
            case stopped(String)
            case failure
        }

        var models = ["one", "two"]
        var takesBack = true
        var known = ChatAudiences(names: ["mom", "dad"], usual: "mom")
        var answers: [Answer] = []
        private(set) var asked: [ChatRequest] = []
        private(set) var prepared: [String] = []

        func audiences(of model: String) -> ChatAudiences { known }

        func personaSide(of model: String) -> Int { model == "two" ? 1 : 0 }

        func prepare(_ model: String) throws { prepared.append(model) }

        func reply(
            to request: ChatRequest, stop: StopButton, write: (String) throws -> Void
        ) throws -> ChatReply {
            asked.append(request)
            switch answers.isEmpty ? .pieces(["Re: ", request.message]) : answers.removeFirst() {
            case .pieces(let pieces):
                for piece in pieces { try write(piece) }
                return ChatReply(text: pieces.joined(), isWhole: true)
            case .stopped(let piece):
                let wasStopped = Mutex(false)
                stop.arm { wasStopped.withLock { $0 = true } }
                try write(piece)
                stop.press()
                return ChatReply(text: piece, isWhole: !wasStopped.withLock { $0 })
            case .failure:
                throw Refusal()
            }
        }
    }

    private final class Script: ChatInput {
        private var events: [ChatInputEvent]

        init(_ events: [ChatInputEvent]) { self.events = events }

        func next() -> ChatInputEvent { events.isEmpty ? .end : events.removeFirst() }
    }

    let partner = Parrot()
    private(set) var replies = ""
    private(set) var notes = ""

    /// Plays a chat to its end.
    ///
    /// - Parameters:
    ///   - events: what comes of the person; then nothing comes any more.
    ///   - isInteractive: whether it is a person.
    ///   - audience: whom the model is to take the person for.
    ///   - isColoured: whether notes go to a terminal with colours.
    /// - Throws: what the chat throws.
    func play(
        _ events: [ChatInputEvent], isInteractive: Bool = true, audience: String? = "mom",
        isColoured: Bool = false
    ) throws {
        var sessions = 0
        var chat = ChatLoop(
            partner: partner, input: Script(events),
            screen: ChatScreen(
                style: TextStyle(isTerminal: isColoured, environment: [:]),
                showsSpeakers: isInteractive, writeReply: { self.replies += $0 },
                writeNote: { self.notes += $0 }),
            stop: StopButton(), isInteractive: isInteractive, model: "one", audience: audience,
            settings: ChatSettings(),
            newSession: {
                sessions += 1
                return "session-\(sessions)"
            })
        try chat.run()
    }

    func play(_ lines: String..., isInteractive: Bool = true) throws {
        try play(lines.map { .line($0) }, isInteractive: isInteractive)
    }
}

/// How often something was called.
final class CallCount: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
