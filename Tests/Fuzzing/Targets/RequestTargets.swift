@testable import HTTP

extension FuzzTarget {
    /// A request has one reading, however it is cut, and what the policy admits has a clean path.
    static let requestHead = FuzzTarget("request_head") { bytes in
        let whole = try RequestReading([bytes[...]])
        try Finding.unless(
            RequestReading(Pieces.cut(bytes)) == whole, "pieces have another reading")
        guard bytes.count <= 512 else { return }
        try Finding.unless(
            RequestReading(bytes.indices.map { bytes[$0...$0] }) == whole,
            "single bytes have another reading")
    }

    /// The same, of what follows a head that says that it is chunked.
    static let chunkedBody = FuzzTarget("chunked_body") { bytes in
        let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        try requestHead.run(Array(head.utf8) + bytes)
    }
}

/// All that the parser and the policy make of some bytes.
private struct RequestReading: Equatable {
    var lines: [RequestLine] = []
    var fields: [[String]] = []
    var framings: [BodyFraming] = []
    var bodies: [[UInt8]] = []
    var ended = 0
    var error: RequestError?

    /// Parses `pieces` one after the other.
    init(_ pieces: [ArraySlice<UInt8>]) throws {
        let limits = HTTPLimits()
        var parser = RequestParser(limits: limits)
        let policy = RequestPolicy(limits: limits, allowedHosts: ["localhost"])
        do {
            for piece in pieces {
                var input = piece
                while let event = try parser.next(&input) { try take(event, policy) }
            }
        } catch let error as RequestError {
            self.error = error
            _ = error.response
        }
    }

    private mutating func take(_ event: RequestParser.Event, _ policy: RequestPolicy) throws {
        switch event {
        case .head(let head):
            lines.append(head.line)
            fields.append(head.headers.fields.flatMap { [$0.name, $0.value] })
            framings.append(head.framing)
            bodies.append([])
            guard let admission = try? policy.admit(head, from: "127.0.0.1") else { return }
            let path = admission.head.path
            try Finding.unless(
                path == "*" || path.hasPrefix("/"), "a path begins with neither / nor *")
            try Finding.unless(
                !path.split(separator: "/").contains("..") && !path.utf8.contains(0),
                "a path leads up, or has a zero in it")
        case .body(let bytes):
            try Finding.unless(!bytes.isEmpty && !bodies.isEmpty, "an empty piece of a body")
            bodies[bodies.count - 1] += bytes
        case .end:
            ended += 1
        }
    }
}
