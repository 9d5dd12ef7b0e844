import Configuration
import HTTP

/// One thing the server does: a method, a path, who may ask, and what is done.
struct Route: Sendable {
    /// Who may ask.
    enum Access: Sendable {
        /// Anyone who reaches the server.
        case open
        /// Holders of a key with the scope, where there are keys.
        case scope(APIKey.Scope)
    }

    /// What one call of a route works with.
    struct Exchange: Sendable {
        let request: HTTPRequest
        let writer: RecordedWriter
        /// The key that was presented; nil where none is asked for.
        let caller: APIKey?
        /// What stands in the path where the route's has `{key}`; empty where it has none.
        var key = ""
    }

    /// How a dialect says an error.
    typealias Refusal = @Sendable (APIError) -> HTTPResponse

    let method: String
    /// One part of it may be `{key}`, for any text without a slash.
    let path: String
    let access: Access
    /// Whether the route reads a JSON body: it then runs on the worker queue, and otherwise on the
    /// connection's.
    let takesJSON: Bool
    /// Whether a model is to reply: while none can take another request, it is refused by its head.
    let generates: Bool
    /// Whether the path is there at all; the same for all routes of a path.
    let isPresent: @Sendable () -> Bool
    let refusal: Refusal
    let handle: @Sendable (Exchange) throws -> Void

    init(
        _ method: String, _ path: String, _ access: Access, takesJSON: Bool? = nil,
        generates: Bool = false, isPresent: @escaping @Sendable () -> Bool = { true },
        refusal: @escaping Refusal = { $0.response },
        _ handle: @escaping @Sendable (Exchange) throws -> Void
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.takesJSON = takesJSON ?? (method == "POST")
        self.generates = generates
        self.isPresent = isPresent
        self.refusal = refusal
        self.handle = handle
    }
}
