/// A whole request as it came off the wire, checked against the grammar and the limits.
public struct HTTPRequest: Sendable {
    public let head: HTTPRequestHead
    /// The body with any chunked framing removed.
    public let body: [UInt8]
    /// What the body takes of what all may: for as long as it is there.
    private let share: BodyShare?

    public init(head: HTTPRequestHead, body: [UInt8]) {
        self.init(head: head, body: body, share: nil)
    }

    init(head: HTTPRequestHead, body: [UInt8], share: BodyShare?) {
        self.head = head
        self.body = body
        self.share = share
    }
}

/// The request line and the header fields.
public struct HTTPRequestHead: Sendable {
    public var method: String
    /// The path of the target, percent-decoded, never with `..` in it; starts with "/" or is "*".
    public var path: String
    /// What follows "?", as it was sent.
    public var query: String?
    public var headers: HTTPHeaders
    /// The other end's address, without its port.
    public var remoteAddress: String
    public var isHTTP10: Bool

    public init(
        method: String, path: String, query: String? = nil, headers: HTTPHeaders = HTTPHeaders(),
        remoteAddress: String = "127.0.0.1", isHTTP10: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.isHTTP10 = isHTTP10
    }
}

/// Header fields in their order. Values are text: bytes that are not UTF-8 are replaced. Names are
/// compared without regard to ASCII case.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var fields: [(name: String, value: String)] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    public mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    /// Replaces every field of that name by one.
    public mutating func set(_ name: String, _ value: String) {
        fields.removeAll { $0.name.isSameHeaderName(as: name) }
        add(name, value)
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        fields.first { $0.name.isSameHeaderName(as: name) }?.value
    }

    public func all(_ name: String) -> [String] {
        fields.filter { $0.name.isSameHeaderName(as: name) }.map(\.value)
    }
}

extension String {
    /// ASCII case only: `String.lowercased` would make the Kelvin sign a "k".
    fileprivate func isSameHeaderName(as other: String) -> Bool {
        utf8.isSame(as: other)
    }
}

/// A whole answer.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: HTTPHeaders
    public var body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What answers requests. The HTTP room knows nothing else about what is above it.
public protocol HTTPHandler: Sendable {
    /// Looks at a request before its body is read, and before `100 Continue` is sent.
    ///
    /// Called on a connection's queue: it must not block or compute.
    /// - Returns: an answer that ends the matter (404, 405, 413, 415, …), or nil to read the body.
    func refusal(of head: HTTPRequestHead) -> HTTPResponse?

    /// Answers a request, now or later, through `writer`, exactly once.
    ///
    /// Called on a connection's queue: long work belongs on a queue of the handler's own.
    func respond(to request: HTTPRequest, with writer: any HTTPResponseWriter)

    /// Takes note that a client was answered with an error status without the handler: there was no
    /// room for it, or what it sent could not be taken as a request or came too late.
    ///
    /// Called on a connection's queue.
    func didRefuse(status: Int)
}

/// A handler that counts nothing.
extension HTTPHandler {
    public func didRefuse(status: Int) {}
}

/// The way back to one waiting client. Thread-safe; every call returns at once.
public protocol HTTPResponseWriter: AnyObject, Sendable {
    /// Sends a whole answer.
    func send(_ response: HTTPResponse)

    /// Starts an answer of unknown length (`Transfer-Encoding: chunked`; to an HTTP/1.0 client, up
    /// to the end of the connection). `response.body`, if any, is its first piece.
    func begin(_ response: HTTPResponse)

    /// Sends one piece of a begun answer. Pieces are sent at once, not gathered.
    func write(_ bytes: [UInt8])

    /// Ends a begun answer.
    func end()

    /// Ends an answer, begun or not, by closing the connection, so that the client sees it was cut short.
    func abort()

    /// Sets what to call, once, if the client goes away before the answer has ended; at once if
    /// it has gone already.
    ///
    /// Whether a client that only closes its own side has gone, `HTTPLimits.halfClose` says. An
    /// answer may still be given; it is sent if anybody is there. Called on a connection's queue.
    func onDisconnect(_ action: @escaping @Sendable () -> Void)

    /// Whether more than `HTTPLimits.highWaterBytes` wait for the client: a good time to pause
    /// what makes them. A stream that never pauses is cut off at `HTTPLimits.overflowBytes`.
    var isCongested: Bool { get }

    /// Adds what to call, once, when the client has caught up or gone: at once if it has.
    func onRelief(_ action: @escaping @Sendable () -> Void)
}

/// A writer that keeps nothing back is never congested.
extension HTTPResponseWriter {
    public var isCongested: Bool { false }

    public func onRelief(_ action: @escaping @Sendable () -> Void) { action() }
}
