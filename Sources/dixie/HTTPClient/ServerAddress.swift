/// Where a server listens: the `http://HOST:PORT` of a URL.
struct ServerAddress: Equatable, Sendable {
    let host: String
    let port: UInt16

    /// Nil for a URL of another scheme, without a port, or with a path.
    init?(_ url: String) {
        guard let match = url.wholeMatch(of: /http:\/\/([A-Za-z0-9._-]+):([0-9]{1,5})\/?/),
            let port = UInt16(match.2), port > 0
        else { return nil }
        host = String(match.1)
        self.port = port
    }

    var isThisMachine: Bool { host == "localhost" || host == "127.0.0.1" }
}
