import HTTP
import Synchronization

/// Gathers a reply and sends it in one piece.
final class WholeReply: ReplySink {
    private let writer: any HTTPResponseWriter
    private let render: @Sendable (String, ReplyEnding) -> HTTPResponse
    private let pieces = Mutex("")

    /// - Parameters:
    ///   - writer: the client.
    ///   - render: makes the answer of the whole text.
    init(
        _ writer: any HTTPResponseWriter,
        render: @escaping @Sendable (String, ReplyEnding) -> HTTPResponse
    ) {
        self.writer = writer
        self.render = render
    }

    func text(_ piece: String) { pieces.withLock { $0 += piece } }

    func end(_ ending: ReplyEnding) { writer.send(render(pieces.withLock { $0 }, ending)) }

    func fail(_ error: APIError) { writer.send(error.response) }
}
