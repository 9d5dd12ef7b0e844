import HTTP
import Synchronization

/// Sends a reply as it is made, each piece at once: one choice, or several that are made side by side.
///
/// The status is decided by the first piece: what fails before it gets a status of its own.
///
/// For a client that reads slowly no more is made while it is `isCongested`.
final class StreamedReply: Sendable {
    /// A piece of one choice.
    struct Piece: Sendable {
        /// Which, from 0.
        var choice = 0
        var text = ""
        /// The tokens that begin in it or before it, and were not told of yet.
        var scores: [ScoredToken] = []
        /// The characters of the tokens before those.
        var start = 0
    }

    /// How a dialect writes the parts of its stream.
    struct Format: Sendable {
        var headers: HTTPHeaders
        /// Before a choice's first piece.
        var begin: @Sendable (Int) -> [UInt8] = { _ in [] }
        var prompt: @Sendable (Int, [ScoredToken]) -> [UInt8] = { _, _ in [] }
        var text: @Sendable (Piece) -> [UInt8]
        /// The end of a choice; the piece has no text, and the scores that are left.
        var end: @Sendable (Piece, ReplyEnding) -> [UInt8]
        /// The end of all, with those of the choices in order.
        var close: @Sendable ([ReplyEnding]) -> [UInt8] = { _ in [] }
        /// Nil where the format has no way to say it: the connection is then cut.
        var error: (@Sendable (APIError) -> [UInt8])?
    }

    private struct State {
        var hasBegun = false
        var hasFailed = false
        var begun: Set<Int> = []
        var scores: [Int: [ScoredToken]] = [:]
        /// Characters of the tokens that were told of.
        var told: [Int: Int] = [:]
        var endings: [Int: ReplyEnding] = [:]
    }

    private let writer: RecordedWriter
    private let format: Format
    private let count: Int
    private let state = Mutex(State())

    init(_ writer: RecordedWriter, choices count: Int = 1, _ format: Format) {
        self.writer = writer
        self.format = format
        self.count = count
    }

    /// Where the choices go, in order.
    var sinks: [any ReplySink] { (0..<count).map { Sink(reply: self, choice: $0) } }

    private func send(
        _ choice: Int, prompt: [ScoredToken] = [], _ render: (Piece) -> [UInt8]
    ) {
        let (isWanted, isFirst, begins, piece) = state.withLock { state in
            let scores = state.scores.removeValue(forKey: choice) ?? []
            let start = state.told[choice, default: 0]
            state.told[choice] =
                start
                + (prompt + scores).reduce(0) { $0 + $1.chosen.text.unicodeScalars.count }
            defer { state.hasBegun = true }
            return (
                !state.hasFailed, !state.hasBegun, state.begun.insert(choice).inserted,
                Piece(choice: choice, scores: scores, start: start)
            )
        }
        guard isWanted else { return }
        if isFirst { writer.begin(HTTPResponse(status: 200, headers: format.headers)) }
        let bytes = (begins ? format.begin(choice) : []) + render(piece)
        if !bytes.isEmpty { writer.write(bytes) }
    }

    private func end(_ choice: Int, _ ending: ReplyEnding) {
        send(choice) { format.end($0, ending) }
        let endings = state.withLock { state -> [ReplyEnding]? in
            state.endings[choice] = ending
            guard state.endings.count == count, !state.hasFailed else { return nil }
            return (0..<count).compactMap { state.endings[$0] }
        }
        guard let endings else { return }
        let bytes = format.close(endings)
        if !bytes.isEmpty { writer.write(bytes) }
        writer.end()
    }

    /// One that fails fails all; the first to do so is told of.
    private func fail(_ error: APIError) {
        let (isFirst, hasBegun) = state.withLock { state in
            defer { state.hasFailed = true }
            return (!state.hasFailed, state.hasBegun)
        }
        guard isFirst else { return }
        guard hasBegun else { return writer.refuse(error) }
        if let render = format.error { writer.write(render(error)) }
        writer.abort()
    }

    private final class Sink: ReplySink {
        private let reply: StreamedReply
        private let choice: Int

        init(reply: StreamedReply, choice: Int) {
            self.reply = reply
            self.choice = choice
        }

        func prompt(_ tokens: [ScoredToken]) {
            reply.send(choice, prompt: tokens) { reply.format.prompt($0.choice, tokens) }
        }

        func scores(_ tokens: [ScoredToken]) {
            reply.state.withLock { $0.scores[choice, default: []] += tokens }
        }

        func text(_ piece: String) {
            reply.send(choice) {
                var whole = $0
                whole.text = piece
                return reply.format.text(whole)
            }
        }

        func end(_ ending: ReplyEnding) { reply.end(choice, ending) }

        func fail(_ error: APIError) { reply.fail(error) }

        var isCongested: Bool { reply.writer.isCongested }

        func onRelief(_ action: @escaping @Sendable () -> Void) { reply.writer.onRelief(action) }
    }
}

/// One event of a stream of server-sent events.
func serverSentEvent(_ data: String) -> [UInt8] { Array("data: \(data)\n\n".utf8) }
