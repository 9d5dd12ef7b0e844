import HTTP
import JSON
import Serving

/// A refusal that a client gets to read: what was wrong, where, and what to do.
///
/// Nothing that the client sent is in it except names of fields and models.
public struct APIError: Error, Sendable, Equatable {
    public var status: Int
    public var message: String
    /// The field at fault.
    public var param: String?
    /// A word for programs.
    public var code: String?
    /// Seconds after which another try makes sense.
    public var retryAfter: Int?

    public init(
        _ status: Int, _ message: String, param: String? = nil, code: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        self.retryAfter = retryAfter
    }

    /// 400 for one field.
    static func invalid(_ param: String, _ message: String) -> APIError {
        APIError(400, message, param: param, code: "invalid_value")
    }

    /// 400 for a prompt that does not fit the model's window.
    static func tooLong(_ message: String, _ param: String) -> APIError {
        APIError(400, message, param: param, code: "context_length_exceeded")
    }

    /// 404, naming the models there are.
    static func unknownModel(_ key: String, known: [String]) -> APIError {
        let list = known.isEmpty ? "none is configured" : known.joined(separator: ", ")
        // A key that could not be one is not repeated: it may be anything.
        let name = ModelKey.isValid(key) ? " \"\(key)\"" : " of that name"
        return APIError(
            404, "there is no model\(name); the models are: \(list)", param: "model_key",
            code: "model_not_found")
    }

    static let internalError = APIError(
        500, "the request failed; the server's log says why, under this answer's x-request-id",
        code: "internal_error")

    /// Without what a `ServingError` has for the server's owner only, such as paths.
    init(_ error: ServingError) {
        switch error {
        case .unknownModel:
            // It was there when the request came in.
            self.init(404, "the model has just been removed", code: "model_not_found")
        case .queueFull(_, let seconds):
            self.init(429, error.description, code: "queue_full", retryAfter: seconds)
        case .deadlineWhileQueued:
            self.init(503, error.description, code: "deadline", retryAfter: 1)
        case .stopping: self.init(503, error.description, code: "stopping", retryAfter: 5)
        case .loadFailed(let key, _):
            self.init(
                503, "the model \"\(key)\" cannot be loaded; the server's log says why",
                code: "load_failed", retryAfter: 30)
        case .noMemory(let key, _):
            self.init(
                507, "there is no memory for the model \"\(key)\" beside those in use",
                code: "insufficient_memory", retryAfter: 30)
        case .alreadyThere: self.init(409, error.description, code: "already_loaded")
        case .nothingBefore: self.init(409, error.description, code: "nothing_before")
        case .stillInUse: self.init(503, error.description, code: "still_in_use", retryAfter: 5)
        case .cancelled: self.init(499, error.description, code: "cancelled")
        case .generationFailed:
            self.init(500, "generating the reply failed; try again", code: "generation_failed")
        }
    }

    /// The kind of error, in the words of OpenAI's clients.
    private var type: String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case ..<500: "invalid_request_error"
        default: "server_error"
        }
    }

    /// `{"error": {…}}`
    var json: JSONValue {
        [
            "error": [
                "message": .string(message), "type": .string(type),
                "param": param.map { .string($0) } ?? nil, "code": code.map { .string($0) } ?? nil,
            ]
        ]
    }

    public var response: HTTPResponse { response(json) }

    /// - Parameter body: what a dialect says instead of `json`.
    /// - Returns: with the header fields that belong to it.
    func response(_ body: JSONValue) -> HTTPResponse {
        var response = HTTPResponse.json(body, status: status)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        if status == 401 { response.headers.set("WWW-Authenticate", "Bearer") }
        return response
    }
}

/// What models may be called.
enum ModelKey {
    static func isValid(_ key: String) -> Bool {
        (1...64).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension HTTPResponse {
    static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json"],
            body: value.serializedBytes)
    }

    /// Text that no browser takes for anything else.
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: .plainText, body: Array(text.utf8))
    }
}

extension HTTPHeaders {
    static let plainText: HTTPHeaders = [
        "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
    ]
    static let eventStream: HTTPHeaders = [
        "Content-Type": "text/event-stream", "Cache-Control": "no-cache",
        "X-Accel-Buffering": "no",
    ]
}
