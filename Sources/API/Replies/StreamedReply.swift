import HTTP
import Synchronization

/// Sends a reply as it is made, each piece at once.
///
/// The status is decided by the first piece: what fails before it gets a status of its own.
///
/// For a client that reads slowly no more is made while it is `isCongested`.
final class StreamedReply: ReplySink {
    /// How a dialect writes the parts of its stream.
    struct Format: Sendable {
        var headers: HTTPHeaders
        var text: @Sendable (String) -> [UInt8]
        var end: @Sendable (ReplyEnding) -> [UInt8]
        /// Nil where the format has no way to say it: the connection is then cut.
        var error: (@Sendable (APIError) -> [UInt8])?
    }

    private let writer: any HTTPResponseWriter
    private let format: Format
    private let hasBegun = Mutex(false)

    init(_ writer: any HTTPResponseWriter, _ format: Format) {
        self.writer = writer
        self.format = format
    }

    func text(_ piece: String) { write(format.text(piece)) }

    var isCongested: Bool { writer.isCongested }

    func onRelief(_ action: @escaping @Sendable () -> Void) { writer.onRelief(action) }

    func end(_ ending: ReplyEnding) {
        write(format.end(ending))
        writer.end()
    }

    func fail(_ error: APIError) {
        guard hasBegun.withLock({ $0 }) else {
            writer.send(error.response)
            return
        }
        if let render = format.error { writer.write(render(error)) }
        writer.abort()
    }

    private func write(_ bytes: [UInt8]) {
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        if isFirst { writer.begin(HTTPResponse(status: 200, headers: format.headers)) }
        if !bytes.isEmpty { writer.write(bytes) }
    }
}

/// One event of a stream of server-sent events.
func serverSentEvent(_ data: String) -> [UInt8] { Array("data: \(data)\n\n".utf8) }
