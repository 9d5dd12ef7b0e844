/// Reads an HTTP/1.1 response as its bytes come; its body is server-sent events, or anything else that
/// is then kept whole.
///
/// No socket and no clock: bytes in, the data of events out. Headers other than the body's framing
/// are passed over.
struct ResponseStream {
    private enum Place {
        case head
        case chunkSize, chunk(left: Int), chunkEnd
        /// A body without chunks: so many bytes, or nil for all until the connection closes.
        case plain(left: Int?)
        case end
    }

    private static let longestLine = 1 << 20

    private(set) var status = 0
    private var place = Place.head
    /// The part of a line that has come so far, of the head or between chunks.
    private var line: [UInt8] = []
    private var isChunked = false
    private var length: Int?
    /// The part of the body's line that has come so far.
    private var bodyLine: [UInt8] = []
    /// The body of a refusal, or of an answer without events; its beginning where it is longer than
    /// anything that is worth reading.
    private(set) var body: [UInt8] = []
    private let hasEvents: Bool

    /// - Parameter hasEvents: whether the body is events, where the server does not refuse.
    init(hasEvents: Bool = true) { self.hasEvents = hasEvents }

    /// Whether the whole response is there.
    var isWhole: Bool { if case .end = place { true } else { false } }

    /// Takes what has come.
    ///
    /// - Returns: the data of each event that ended in it.
    /// - Throws: `ClientError.malformed`.
    mutating func receive(_ bytes: ArraySlice<UInt8>) throws -> [ArraySlice<UInt8>] {
        var events: [ArraySlice<UInt8>] = []
        var rest = bytes
        while let byte = rest.first {
            switch place {
            case .chunk(let left):
                let part = rest.prefix(left)
                try readBody(part, into: &events)
                rest = rest.dropFirst(part.count)
                place = part.count == left ? .chunkEnd : .chunk(left: left - part.count)
            case .plain(let left):
                let part = rest.prefix(left ?? rest.count)
                try readBody(part, into: &events)
                rest = rest.dropFirst(part.count)
                let more = left.map { $0 - part.count }
                place = more == 0 ? .end : .plain(left: more)
            case .end: return events
            case .head, .chunkSize, .chunkEnd:
                rest = rest.dropFirst()
                if byte != UInt8(ascii: "\n") {
                    guard line.count < Self.longestLine else {
                        throw ClientError.malformed("a line without an end")
                    }
                    line.append(byte)
                    continue
                }
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                let text = String(decoding: line, as: UTF8.self)
                line.removeAll(keepingCapacity: true)
                try readLine(text)
            }
        }
        return events
    }

    /// The server has closed the connection.
    ///
    /// - Throws: `ClientError.closedEarly` where something is missing.
    mutating func finish() throws {
        switch place {
        case .end, .plain(left: nil): place = .end
        default: throw ClientError.closedEarly
        }
    }

    private mutating func readLine(_ text: String) throws {
        switch place {
        case .chunkEnd: place = .chunkSize
        case .chunkSize:
            let digits = text.prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16), size >= 0 else {
                throw ClientError.malformed("a chunk without a size")
            }
            // No trailers are asked for, and the connection is not used again.
            place = size == 0 ? .end : .chunk(left: size)
        default: try readHeadLine(text)
        }
    }

    private mutating func readHeadLine(_ text: String) throws {
        if status == 0 {
            let words = text.split(separator: " ")
            guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let number = Int(words[1]),
                (100...999).contains(number)
            else { throw ClientError.malformed("no status") }
            status = number
        } else if text.isEmpty {
            place = isChunked ? .chunkSize : length == 0 ? .end : .plain(left: length)
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop { $0 == " " }.lowercased()
            switch text[..<colon].lowercased() {
            case "transfer-encoding": isChunked = value.contains("chunked")
            case "content-length":
                guard let count = Int(value), count >= 0 else {
                    throw ClientError.malformed("a length that is no number")
                }
                length = count
            default: break
            }
        }
    }

    /// Each event here is one line of data: none of the servers that are asked sends others.
    private mutating func readBody(
        _ part: ArraySlice<UInt8>, into events: inout [ArraySlice<UInt8>]
    ) throws {
        guard status == 200, hasEvents else {
            if body.count < Self.longestLine { body += part }
            return
        }
        bodyLine += part
        guard bodyLine.count < Self.longestLine else {
            throw ClientError.malformed("a line without an end")
        }
        var start = bodyLine.startIndex
        while let end = bodyLine[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bodyLine[start..<end]
            if line.starts(with: Self.field) { events.append(line.dropFirst(Self.field.count)) }
            start = end + 1
        }
        bodyLine.removeFirst(start)
    }

    private static let field = Array("data: ".utf8)
}
