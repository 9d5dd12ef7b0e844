/// Turns one answer into bytes, in the framing its client understands. Pure.
struct ResponseEncoder {
    /// What about the request decides how its answer is framed.
    struct Context {
        var isHead = false
        var isHTTP10 = false
        /// Whether the connection serves another request after this one.
        var keepsAlive = true
    }

    enum Framing: Equatable {
        /// Known from the start.
        case length
        case chunked
        /// As far as the connection goes: HTTP/1.0's only way to send what has no length.
        case untilClose
        /// HEAD, 204 and 304 have no body whatever their header says.
        case noBody
    }

    let context: Context
    private(set) var framing: Framing

    /// Fields this room alone decides; what a handler says of them is dropped.
    private static let ownFields = ["Content-Length", "Transfer-Encoding", "Connection", "Date"]

    static let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// - Throws: `.unsendableAnswer` when a header would break the answer's grammar.
    static func whole(
        _ response: HTTPResponse, in context: Context, seconds: Int
    ) throws(RequestError) -> [UInt8] {
        let hasBody = !context.isHead && !isBodiless(response.status)
        let encoder = ResponseEncoder(context: context, framing: hasBody ? .length : .noBody)
        var bytes = try encoder.head(of: response, length: response.body.count, seconds: seconds)
        if hasBody { bytes += response.body }
        return bytes
    }

    /// Starts an answer of unknown length; `response.body` is its first piece.
    ///
    /// - Returns: The encoder for the pieces that follow, and the bytes so far.
    /// - Throws: `.unsendableAnswer` when a header would break the answer's grammar.
    static func beginning(
        _ response: HTTPResponse, in context: Context, seconds: Int
    ) throws(RequestError) -> (ResponseEncoder, [UInt8]) {
        var context = context
        let framing: Framing
        if context.isHTTP10 {
            framing = context.isHead || isBodiless(response.status) ? .noBody : .untilClose
            if framing == .untilClose { context.keepsAlive = false }
        } else {
            framing = context.isHead || isBodiless(response.status) ? .noBody : .chunked
        }
        let encoder = ResponseEncoder(context: context, framing: framing)
        let head = try encoder.head(of: response, length: nil, seconds: seconds)
        return (encoder, head + encoder.piece(response.body))
    }

    /// One piece of a begun answer. An empty one is nothing: as a chunk it would be the last.
    func piece(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        return switch framing {
        case .chunked: Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
        case .untilClose: bytes
        case .length, .noBody: []
        }
    }

    /// What ends a begun answer.
    var end: [UInt8] { framing == .chunked ? Array("0\r\n\r\n".utf8) : [] }

    private static func isBodiless(_ status: Int) -> Bool { status == 204 || status == 304 }

    private func head(
        of response: HTTPResponse, length: Int?, seconds: Int
    ) throws(RequestError) -> [UInt8] {
        guard (200...599).contains(response.status) else { throw .unsendableAnswer }
        var text = "HTTP/1.1 \(response.status) \(reasonPhrase(response.status))\r\n"
        for (name, value) in response.headers.fields {
            // A line end in a value would let whoever chose it write the rest of the answer.
            guard name.utf8.isToken, value.utf8.allSatisfy(\.isLineCharacter) else {
                throw .unsendableAnswer
            }
            guard !Self.ownFields.contains(where: { name.utf8.isSame(as: $0) }) else { continue }
            text += "\(name): \(value)\r\n"
        }
        text += "Date: \(HTTPDate.string(seconds))\r\n"
        if !Self.isBodiless(response.status) {
            if let length {
                text += "Content-Length: \(length)\r\n"
            } else if !context.isHTTP10 {
                text += "Transfer-Encoding: chunked\r\n"
            }
        }
        if !context.keepsAlive {
            text += "Connection: close\r\n"
        } else if context.isHTTP10 {
            text += "Connection: keep-alive\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}
