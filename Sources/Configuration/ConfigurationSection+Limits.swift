import HTTP
import JSON

extension ConfigurationSection {
    static let limitsFields: [ConfigurationField] =
        connectionFields + headFields + bodyFields + answerFields + requestFields

    private static let connectionFields: [ConfigurationField] = [
        .init("connections", .integer(1...65535), 1024, "Open connections; above, 503."),
        .init(
            "address_connections", .integer(1...65535), 128,
            """
            Open connections of one address (of IPv6, its first 64 bits); above, 503. This machine's \
            own are not counted, as a proxy speaks for many.
            """),
        .init(
            "refusals", .integer(0...65535), 32,
            "Connections at a time that are only told 503; those above are closed without a word."),
        .init(
            "spare_files", .integer(0...65535), 32,
            "Of the system's limit of open files, how many are not for connections."),
        .init(
            "backlog", .integer(1...65535), 512,
            "Connections that wait in the system to be accepted."),
        .init("idle_seconds", .integer(1...3600), 60, "Until an unused connection is closed."),
        .init(
            "connection_requests", .integer(1...1_000_000), 1000,
            "Requests on one connection; it is closed after the last."),
        .init(
            "connection_seconds", .integer(1...86_400), 3600,
            "The age at which a connection's next answer is its last."),
        .init(
            "handshake_seconds", .integer(1...3600), 10,
            "Until a client of HTTPS has finished its handshake."),
        .init(
            "handshakes", .integer(1...65535), 64,
            """
            Handshakes of HTTPS at a time; others wait. While some wait, one that takes over a second \
            is cut off; while more than this wait, one that takes over a quarter of one.
            """),
    ]

    private static let headFields: [ConfigurationField] = [
        .init(
            "header_seconds", .integer(1...3600), 10,
            "From a connection's start, or a later request's first byte, to the end of the head: 408."
        ),
        .init("request_line_bytes", .size(256...1 << 20), "8KB", "A request's first line: 414."),
        .init("field_bytes", .size(256...1 << 20), "8KB", "One header field: 431."),
        .init("header_bytes", .size(1 << 10...1 << 20), "32KB", "A request's head: 431."),
        .init("fields", .integer(1...10_000), 100, "Header fields of a request: 431."),
        .init(
            "pipelined_bytes", .size(1...1 << 20), "16KB",
            "What a client may send ahead while it is being answered; the rest waits with the client."
        ),
    ]

    private static let bodyFields: [ConfigurationField] = [
        .init("body_bytes", .size(1 << 10...1 << 30), "1MB", "A request's body: 413."),
        .init(
            "bodies_bytes", .size(1 << 10...1 << 40), "64MB",
            "The bodies of all requests that are not answered yet: 503."),
        .init("body_seconds", .integer(1...3600), 120, "Until a body has arrived: 408."),
        .init("body_idle_seconds", .integer(1...3600), 30, "Between two pieces of a body: 408."),
        .init(
            "body_rate", .size(0...1 << 30), "1KB",
            """
            Bytes a second that a body must come in at, on average, after the grace: 408. 0 asks for \
            none.
            """),
        .init(
            "body_grace_seconds", .integer(1...3600), 5, "How long a body may be slower than that."),
        .init(
            "chunk_extension_bytes", .size(0...1 << 20), "4KB",
            "Extensions of a body's chunks, together: 400."),
        .init("trailer_bytes", .size(0...1 << 20), "4KB", "What follows a chunked body: 431."),
        .init(
            "trailer_fields", .integer(0...10_000), 32, "Fields that follow a chunked body: 431."),
        .init(
            "leftover_bytes", .size(0...1 << 30), "256KB",
            "Of a body that was refused, what is read and thrown away to keep the connection."),
        .init("leftover_seconds", .integer(0...3600), 1, "How long that may take."),
    ]

    private static let answerFields: [ConfigurationField] = [
        .init(
            "write_seconds", .integer(1...3600), 30,
            """
            Until a client must have read something, and one that is behind with a stream have caught \
            up to `write_low_bytes`; then it counts as gone.
            """),
        .init(
            "write_high_bytes", .size(1...1 << 30), "256KB",
            "Unread bytes of a stream at which its reply is not generated further."),
        .init("write_low_bytes", .size(1...1 << 30), "64KB", "Unread bytes at which it goes on."),
        .init(
            "write_most_bytes", .size(1...1 << 30), "4MB",
            "Unread bytes at which a stream is cut off."),
        .init(
            "linger_seconds", .integer(0...3600), 2,
            "After a connection's last answer, how long the client's end is waited for."),
        .init(
            "half_close", .choice(HTTPLimits.HalfClose.allCases.map(\.rawValue)), "cancel",
            """
            What it means that a client closes its side before its answer has begun: `cancel` that it \
            has gone, `answer` that it waits, as `nc -N` does.
            """),
        .init(
            "drain_seconds", .integer(0...3600), 30, "For running requests when the server stops."),
    ]

    private static let requestFields: [ConfigurationField] = [
        .init(
            "address_rps", .number(0.001...1_000_000), nil, meaning: "no limit", example: 5,
            """
            Requests a second from one address (of IPv6, its first 64 bits); a second's worth may come \
            at once. This machine's own is not counted, as a proxy speaks for many; nor are paths that \
            are open to all, `/alexa` among them.
            """),
        .init("queue", .integer(1...100_000), 64, "Requests that wait for one model: 429."),
    ]
}
