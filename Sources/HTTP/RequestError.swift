/// Why a request cannot be taken, or the server's own failure to answer one.
///
/// Every case closes the connection: after a doubt about where a request ends, nothing that
/// follows may be read as another one (RFC 9112, section 11.2).
enum RequestError: Error, Equatable {
    case malformedLine(Line)
    case bareLineEnd
    case controlCharacter
    case tooManyEmptyLines
    case requestLineTooLong(limit: Int)
    case methodTooLong
    case fieldTooLong(limit: Int)
    case headTooLong(limit: Int)
    case tooManyFields(limit: Int)
    case invalidContentLength
    case severalContentLengths
    case contentLengthWithTransferEncoding
    case severalTransferEncodings
    case transferEncodingInHTTP10
    case unknownTransferEncoding
    case malformedChunk
    case chunkExtensionsTooLong(limit: Int)
    case framingInTrailers
    case trailersTooLong(limit: Int)
    case tooManyTrailers(limit: Int)
    case bodyTooLarge(limit: Int)
    case truncated
    case unsupportedVersion
    case unknownMethod
    case forbiddenMethod
    case malformedTarget
    case traversal
    case hostMissing
    case severalHosts
    case malformedHost
    case hostNotAllowed
    case unknownExpectation
    case encodedBody
    case headTimeout
    case bodyTimeout
    case tooManyConnections
    case tooManyBodies
    case noAnswer
    case unsendableAnswer

    /// The lines of a request that have a grammar.
    enum Line: Equatable { case request, field, trailer }
}

extension RequestError {
    var status: Int {
        switch self {
        case .malformedLine, .bareLineEnd, .controlCharacter, .tooManyEmptyLines,
            .invalidContentLength, .severalContentLengths, .contentLengthWithTransferEncoding,
            .severalTransferEncodings, .transferEncodingInHTTP10, .malformedChunk,
            .chunkExtensionsTooLong, .framingInTrailers, .truncated, .malformedTarget, .traversal,
            .hostMissing,
            .severalHosts, .malformedHost:
            400
        case .forbiddenMethod: 405
        case .headTimeout, .bodyTimeout: 408
        case .bodyTooLarge: 413
        case .requestLineTooLong: 414
        case .encodedBody: 415
        case .unknownExpectation: 417
        case .hostNotAllowed: 421
        case .fieldTooLong, .headTooLong, .tooManyFields, .trailersTooLong, .tooManyTrailers: 431
        case .noAnswer, .unsendableAnswer: 500
        case .methodTooLong, .unknownMethod, .unknownTransferEncoding: 501
        case .tooManyConnections, .tooManyBodies: 503
        case .unsupportedVersion: 505
        }
    }

    /// For programs: stable, in snake case.
    var code: String {
        switch status {
        case 405: "method_not_allowed"
        case 408: "request_timeout"
        case 413: "body_too_large"
        case 414: "target_too_long"
        case 415: "unsupported_encoding"
        case 417: "expectation_failed"
        case 421: "host_not_allowed"
        case 431: "headers_too_large"
        case 500: "internal_error"
        case 501: "not_implemented"
        case 503: "busy"
        case 505: "version_not_supported"
        default: "bad_request"
        }
    }
}

extension RequestError: CustomStringConvertible {
    /// The sentence a client reads. It never repeats a byte of the request.
    var description: String {
        switch self {
        case .malformedLine(.request):
            "The first line is not \"METHOD TARGET HTTP/1.1\" with single spaces between."
        case .malformedLine(.field):
            "A header line is not \"Name: value\", with the colon straight after the name."
        case .malformedLine(.trailer):
            "A trailer line is not \"Name: value\", with the colon straight after the name."
        case .bareLineEnd: "A line ends in a lone CR or LF; end every line with CR LF."
        case .controlCharacter: "The head has a control character in it. (Is this TLS? Use https.)"
        case .tooManyEmptyLines: "Too many empty lines come before the request."
        case .requestLineTooLong(let limit):
            "The request line is longer than \(limit) bytes; put what is long into the body."
        case .methodTooLong: "No method is as long as this request's."
        case .fieldTooLong(let limit): "A header field is longer than \(limit) bytes."
        case .headTooLong(let limit): "The headers are longer than \(limit) bytes together."
        case .tooManyFields(let limit): "There are more than \(limit) header fields."
        case .invalidContentLength: "Content-Length must be a plain decimal number."
        case .severalContentLengths: "Send Content-Length only once."
        case .contentLengthWithTransferEncoding:
            "Send either Content-Length or Transfer-Encoding, not both."
        case .severalTransferEncodings: "Send Transfer-Encoding only once."
        case .transferEncodingInHTTP10:
            "HTTP/1.0 has no Transfer-Encoding; send Content-Length, or use HTTP/1.1."
        case .unknownTransferEncoding: "The only Transfer-Encoding known here is \"chunked\"."
        case .malformedChunk: "The chunked body is malformed."
        case .chunkExtensionsTooLong(let limit):
            "The chunk extensions are longer than \(limit) bytes together; they are ignored here."
        case .framingInTrailers:
            "Content-Length, Transfer-Encoding, Connection and Upgrade must not come after the body."
        case .trailersTooLong(let limit): "The trailers are longer than \(limit) bytes together."
        case .tooManyTrailers(let limit): "There are more than \(limit) trailer fields."
        case .bodyTooLarge(let limit): "The body is larger than \(limit) bytes; send less."
        case .truncated: "The connection's end came before the request's."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .unknownMethod: "This server knows no such method."
        case .forbiddenMethod: "TRACE and CONNECT are not served here."
        case .malformedTarget:
            "The target must be a path that starts with \"/\", percent-encoded as UTF-8."
        case .traversal: "The path must not have \"..\" in it."
        case .hostMissing: "An HTTP/1.1 request must have a Host header."
        case .severalHosts: "Send Host only once, and the same as in the target."
        case .malformedHost: "Host must be a host name or an address, and a port or none."
        case .hostNotAllowed:
            "This server does not answer to that Host; its owner can add it to allowed_hosts."
        case .unknownExpectation: "The only Expect known here is \"100-continue\"."
        case .encodedBody: "Send the body without Content-Encoding."
        case .headTimeout: "The request's head did not arrive in time."
        case .bodyTimeout: "The request's body did not arrive in time."
        case .tooManyConnections: "There are too many connections; close some, or try again later."
        case .tooManyBodies: "There are too many requests under way; try again in a second."
        case .noAnswer, .unsendableAnswer: "The server failed to make an answer."
        }
    }
}
