import HTTP
import Synchronization

/// Which other web origins' pages may call, and what their browsers are told of it (the CORS protocol of
/// the Fetch standard).
///
/// A browser asks before a page sends JSON or a key to another origin; without a listed origin the answer
/// says nothing, and the browser keeps the page from it.
final class CrossOriginPolicy: Sendable {
    private let origins: Mutex<Set<String>>

    /// - Parameter origins: as browsers write them: `https://example.org`, with a port if it is not
    ///   the usual one.
    init(_ origins: [String]) { self.origins = Mutex(Set(origins)) }

    func replace(_ origins: [String]) { self.origins.withLock { $0 = Set(origins) } }

    /// What every answer to a request carries besides.
    func headers(for head: HTTPRequestHead) -> HTTPHeaders {
        let origins = origins.withLock { $0 }
        guard !origins.isEmpty else { return [:] }
        // So that no cache gives one origin the answer to another.
        var headers: HTTPHeaders = ["Vary": "Origin"]
        let claimed = head.headers.all("Origin")
        guard claimed.count == 1, let origin = claimed.first, origins.contains(origin) else {
            return headers
        }
        headers.add("Access-Control-Allow-Origin", origin)
        headers.add("Access-Control-Expose-Headers", "x-request-id, x-model-version, Retry-After")
        return headers
    }

    /// What a browser that asks beforehand is told besides.
    ///
    /// - Parameters:
    ///   - head: the request's.
    ///   - methods: that the path takes, as `Allow` lists them.
    /// - Returns: header fields.
    func preflightHeaders(for head: HTTPRequestHead, methods: String) -> HTTPHeaders {
        var headers = headers(for: head)
        guard headers["Access-Control-Allow-Origin"] != nil,
            head.headers["Access-Control-Request-Method"] != nil
        else { return headers }
        headers.add("Access-Control-Allow-Methods", methods)
        // Whatever a client library adds: nothing here is decided by a header that a page of a listed
        // origin should not send.
        if let wanted = head.headers["Access-Control-Request-Headers"], wanted.utf8.count <= 1024 {
            headers.add("Access-Control-Allow-Headers", wanted)
        }
        headers.add("Access-Control-Max-Age", "600")
        return headers
    }

    /// Whether a request comes from no page, or from this server's own.
    ///
    /// Without a key only under a name that always means this machine: the owner of any other can make
    /// it mean this machine as well, and have a page of that name.
    static func isOwn(_ head: HTTPRequestHead, showsKey: Bool) -> Bool {
        let origins = head.headers.all("Origin")
        guard let origin = origins.first else { return true }
        guard origins.count == 1, let host = head.headers["Host"]?.lowercased(),
            ["http://", "https://"].contains(where: { origin == $0 + host })
        else { return false }
        return showsKey
            || HTTPServer.Configuration.loopbackHosts.contains {
                host == $0 || host.hasPrefix($0 + ":")
            }
    }
}
