/// Everything a client may take from the server, with its default.
///
/// A limit that is passed has one answer, named with it; nothing is ever cut silently.
public struct HTTPLimits: Sendable, Equatable {
    // MARK: Time

    /// From the connection's start, or from a later request's first byte, to the end of its head:
    /// 408.
    public var headTime: Duration = .seconds(10)
    /// Between two pieces of a body: 408.
    public var bodyIdleTime: Duration = .seconds(30)
    /// For a whole body: 408.
    public var bodyTime: Duration = .seconds(120)
    /// Bytes a second a body must average, once `bodyGraceTime` is over: 408. 0 asks for none.
    public var bodyBytesPerSecond = 1024
    /// How long a body may be slower than `bodyBytesPerSecond`.
    public var bodyGraceTime: Duration = .seconds(5)
    /// Between two requests on one connection: it is closed.
    public var keepAliveTime: Duration = .seconds(60)
    /// The age at which a connection's next answer is its last.
    public var connectionTime: Duration = .seconds(3600)
    /// Without a byte taken by a client that has bytes to take: it counts as gone.
    public var writeStallTime: Duration = .seconds(30)
    /// For the rest of a body that was answered before it was read: the connection is closed.
    public var drainTime: Duration = .seconds(1)
    /// For a client of HTTPS to finish its handshake: it is cut off.
    public var handshakeTime: Duration = .seconds(10)
    /// For reading what is still under way after the last answer, so that closing does not
    /// destroy that answer before the client has read it.
    public var lingerTime: Duration = .seconds(2)
    /// For answers in progress when the server stops.
    public var shutdownGrace: Duration = .seconds(30)

    // MARK: Size

    /// Bytes in a request line: 414.
    public var requestLineBytes = 8 << 10
    /// Bytes in one header field: 431.
    public var fieldBytes = 8 << 10
    /// Bytes in a whole head: 431.
    public var headBytes = 32 << 10
    /// Header fields in a head: 431.
    public var fieldCount = 100
    /// Bytes in a body, chunked framing not counted: 413.
    public var bodyBytes = 1 << 20
    /// Bytes in the bodies of all requests that have not been answered: 503.
    public var bodiesBytes = 64 << 20
    /// Bytes of chunk extensions in one body: 400.
    public var chunkExtensionBytes = 4 << 10
    /// Bytes in a body's trailers: 431.
    public var trailerBytes = 4 << 10
    /// Fields in a body's trailers: 431.
    public var trailerCount = 32
    /// Bytes of a body that are read and thrown away to keep a connection that was answered early.
    public var drainBytes = 256 << 10
    /// Bytes of following requests that are taken in while one is being answered.
    public var pipelinedBytes = 16 << 10
    /// Unsent bytes above which a response writer is congested.
    public var highWaterBytes = 256 << 10
    /// Unsent bytes below which it is so no longer.
    public var lowWaterBytes = 64 << 10
    /// Unsent bytes at which a stream that goes on regardless of congestion is cut off.
    public var overflowBytes = 4 << 20

    // MARK: Number

    /// Requests on one connection: the last one's answer says `Connection: close`.
    public var requestsPerConnection = 1000
    /// Connections at once: 503.
    public var connections = 1024
    /// Connections at once from one address: 503.
    public var connectionsPerAddress = 128
    /// Connections at once that are only being told 503; what comes above is closed unanswered.
    public var refusals = 32
    /// File descriptors left to everything that is not a connection.
    public var spareDescriptors = 32
    /// Connections that wait in the system to be accepted.
    public var backlog = 512
    /// Handshakes of HTTPS at once; others wait. See `Handshakes`.
    public var handshakes = 64

    // MARK: Half-close

    /// What it means that a client has closed its own side while a reply that has not begun is
    /// being made. A stream that has begun goes on to the first failed write either way.
    public enum HalfClose: String, Sendable, CaseIterable {
        /// It has gone: `onDisconnect` is called. A reply that comes nevertheless is sent.
        case cancel
        /// It waits for its answer, as `nc -N` does.
        case answer
    }

    public var halfClose = HalfClose.cancel

    public init() {}
}
