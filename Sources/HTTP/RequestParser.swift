/// Cuts a stream of bytes into requests. Pure: bytes in, events out; where the bytes were split
/// on their way makes no difference. Every byte is looked at once.
struct RequestParser {
    /// A head that follows the grammar; what it asks for is for `RequestPolicy` to judge.
    struct Head {
        var line: RequestLine
        var headers: HTTPHeaders
        var framing: BodyFraming
    }

    enum Event {
        case head(Head)
        /// A piece of the body, without chunked framing; never empty.
        case body(ArraySlice<UInt8>)
        /// The request's last byte has been seen.
        case end
    }

    private enum State {
        case requestLine
        case fields(RequestLine)
        case fixedBody(left: Int)
        case chunkHeader
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case end
        case failed(RequestError)
    }

    private let limits: HTTPLimits
    private var state = State.requestLine
    private var reader = LineReader()
    private var emptyLines = 0
    private var headBytes = 0
    private var headers = HTTPHeaders()
    private var framing = FramingFields()
    private var bodyBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerCount = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether bytes of a request that has not ended have been seen, empty lines before it left
    /// out.
    var isInsideRequest: Bool {
        if case .requestLine = state { !reader.isEmpty } else { true }
    }

    /// Takes bytes from the front of `input` up to the next event.
    ///
    /// - Parameter input: What has arrived; the bytes that were used are removed from it.
    /// - Returns: The event, or nil when `input` is used up before there is one.
    /// - Throws: Once there is an error, the same one for ever.
    mutating func next(_ input: inout ArraySlice<UInt8>) throws(RequestError) -> Event? {
        do {
            while true {
                if let event = try step(&input) { return event }
                if case .end = state { continue }
                if input.isEmpty { return nil }
            }
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// One transition; nil when there is nothing to report of it.
    private mutating func step(_ input: inout ArraySlice<UInt8>) throws(RequestError) -> Event? {
        switch state {
        case .requestLine:
            try readRequestLine(&input)
        case .fields(let line):
            return try readField(&input, of: line)
        case .fixedBody(let left):
            let piece = takePiece(&input, atMost: left)
            state = left == piece.count ? .end : .fixedBody(left: left - piece.count)
            return piece.isEmpty ? nil : .body(piece)
        case .chunkHeader:
            try readChunkHeader(&input)
        case .chunk(let left):
            let piece = takePiece(&input, atMost: left)
            state = left == piece.count ? .chunkEnd : .chunk(left: left - piece.count)
            return piece.isEmpty ? nil : .body(piece)
        case .chunkEnd:
            // Nothing but the line's end: any byte before it is one too many.
            if try reader.read(from: &input, limit: 0, tooLong: { _ in .malformedChunk }) {
                state = .chunkHeader
            }
        case .trailers:
            try readTrailer(&input)
        case .end:
            self = RequestParser(limits: limits)
            return .end
        case .failed(let error):
            throw error
        }
        return nil
    }

    private func takePiece(
        _ input: inout ArraySlice<UInt8>, atMost count: Int
    ) -> ArraySlice<UInt8> {
        let piece = input.prefix(count)
        input = input[piece.endIndex...]
        return piece
    }
}

// MARK: The head

extension RequestParser {
    private mutating func readRequestLine(
        _ input: inout ArraySlice<UInt8>
    ) throws(RequestError) {
        let limit = limits.requestLineBytes
        let whole = try reader.read(from: &input, limit: limit) { line in
            line.contains(.space) ? .requestLineTooLong(limit: limit) : .methodTooLong
        }
        guard whole else { return }
        if reader.line.isEmpty {
            // RFC 9112, section 2.2: old clients send an empty line after a body.
            emptyLines += 1
            guard emptyLines <= 2 else { throw .tooManyEmptyLines }
            return
        }
        let line = try RequestLine(reader.line)
        headBytes = reader.line.count
        reader.reset()
        state = .fields(line)
    }

    private mutating func readField(
        _ input: inout ArraySlice<UInt8>, of line: RequestLine
    ) throws(RequestError) -> Event? {
        let limits = limits
        let left = max(0, limits.headBytes - headBytes)
        let whole = try reader.read(from: &input, limit: min(limits.fieldBytes, left)) { _ in
            left < limits.fieldBytes
                ? .headTooLong(limit: limits.headBytes) : .fieldTooLong(limit: limits.fieldBytes)
        }
        guard whole else { return nil }
        if reader.line.isEmpty {
            let framing = try framing.framing(in: line.version)
            switch framing {
            case .none: state = .end
            case .length(let length): state = .fixedBody(left: length)
            case .chunked: state = .chunkHeader
            }
            return .head(Head(line: line, headers: headers, framing: framing))
        }
        guard let field = FieldLine(reader.line) else { throw .malformedLine(.field) }
        guard headers.fields.count < limits.fieldCount else {
            throw .tooManyFields(limit: limits.fieldCount)
        }
        try framing.note(field)
        headers.add(
            String(decoding: field.name, as: UTF8.self),
            String(decoding: field.value, as: UTF8.self))
        headBytes += reader.line.count + 2
        reader.reset()
        return nil
    }
}

// MARK: Chunked bodies

extension RequestParser {
    private mutating func readChunkHeader(
        _ input: inout ArraySlice<UInt8>
    ) throws(RequestError) {
        let limit = limits.chunkExtensionBytes
        let whole = try reader.read(from: &input, limit: ChunkHeader.maximumDigits + limit) { _ in
            .chunkExtensionsTooLong(limit: limit)
        }
        guard whole else { return }
        let header = try ChunkHeader(reader.line)
        reader.reset()
        extensionBytes += header.extensionBytes
        guard extensionBytes <= limit else { throw .chunkExtensionsTooLong(limit: limit) }
        guard header.size <= limits.bodyBytes - bodyBytes else {
            throw .bodyTooLarge(limit: limits.bodyBytes)
        }
        bodyBytes += header.size
        state = header.size == 0 ? .trailers : .chunk(left: header.size)
    }

    /// Trailers are checked like headers and then dropped: taken for headers, they could change
    /// what was decided from those (RFC 9110, section 6.5.1). Those that decide about the request's
    /// end are not dropped but refused: other programs do take them for headers.
    private mutating func readTrailer(_ input: inout ArraySlice<UInt8>) throws(RequestError) {
        let limit = limits.trailerBytes
        let whole = try reader.read(from: &input, limit: max(0, limit - trailerBytes)) { _ in
            .trailersTooLong(limit: limit)
        }
        guard whole else { return }
        if reader.line.isEmpty {
            state = .end
            return
        }
        guard let field = FieldLine(reader.line) else { throw .malformedLine(.trailer) }
        guard !FramingFields.decide(field) else { throw .framingInTrailers }
        trailerCount += 1
        guard trailerCount <= limits.trailerCount else {
            throw .tooManyTrailers(limit: limits.trailerCount)
        }
        trailerBytes += reader.line.count + 2
        reader.reset()
    }
}
