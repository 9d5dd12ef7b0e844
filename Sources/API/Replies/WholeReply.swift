import HTTP
import Synchronization

/// Gathers a reply and sends it in one piece: one choice, or several that are made side by side.
final class WholeReply: Sendable {
    /// One choice that is there.
    struct Choice: Sendable {
        let prompt: [ScoredToken]
        let scores: [ScoredToken]
        let text: String
        /// When its first text came; nil where there is none.
        let firstText: ContinuousClock.Instant?
        let ending: ReplyEnding
    }

    /// One that is being made.
    private struct Draft {
        var prompt: [ScoredToken] = []
        var scores: [ScoredToken] = []
        var text = ""
        var firstText: ContinuousClock.Instant?
        var ending: ReplyEnding?

        var choice: Choice? {
            ending.map {
                Choice(
                    prompt: prompt, scores: scores, text: text, firstText: firstText, ending: $0)
            }
        }
    }

    private let writer: RecordedWriter
    private let render: @Sendable ([Choice]) -> HTTPResponse
    private let state: Mutex<State>

    private struct State {
        var drafts: [Draft]
        var hasFailed = false
    }

    /// - Parameters:
    ///   - writer: the client.
    ///   - count: how many choices.
    ///   - render: makes the answer of all of them.
    init(
        _ writer: RecordedWriter, choices count: Int = 1,
        render: @escaping @Sendable ([Choice]) -> HTTPResponse
    ) {
        self.writer = writer
        self.render = render
        state = Mutex(State(drafts: [Draft](repeating: Draft(), count: count)))
    }

    /// Where the choices go, in order.
    var sinks: [any ReplySink] {
        state.withLock(\.drafts.indices).map { Sink(reply: self, choice: $0) }
    }

    private func change(_ choice: Int, _ body: (inout Draft) -> Void) {
        state.withLock { body(&$0.drafts[choice]) }
    }

    private func end(_ choice: Int, _ ending: ReplyEnding) {
        let whole = state.withLock { state -> [Choice]? in
            state.drafts[choice].ending = ending
            let choices = state.drafts.compactMap(\.choice)
            return state.hasFailed || choices.count < state.drafts.count ? nil : choices
        }
        if let whole { writer.send(render(whole)) }
    }

    /// One that fails fails all; the first to do so is told of.
    private func fail(_ error: APIError) {
        let isFirst = state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        if isFirst { writer.refuse(error) }
    }

    private final class Sink: ReplySink {
        private let reply: WholeReply
        private let choice: Int

        init(reply: WholeReply, choice: Int) {
            self.reply = reply
            self.choice = choice
        }

        func prompt(_ tokens: [ScoredToken]) { reply.change(choice) { $0.prompt = tokens } }

        func scores(_ tokens: [ScoredToken]) { reply.change(choice) { $0.scores += tokens } }

        func text(_ piece: String) {
            reply.change(choice) {
                $0.firstText = $0.firstText ?? .now
                $0.text += piece
            }
        }

        func end(_ ending: ReplyEnding) { reply.end(choice, ending) }

        func fail(_ error: APIError) { reply.fail(error) }
    }
}
