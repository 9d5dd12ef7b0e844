/// What this server takes of all that HTTP's grammar allows. The parser knows where a request
/// ends; this knows whether it may be answered at all.
struct RequestPolicy {
    /// Methods that reach the handler. TRACE would echo secrets, CONNECT would tunnel.
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]

    let limits: HTTPLimits
    /// Host names, in lower case and without port, that requests may name; nil allows all.
    let allowedHosts: Set<String>?

    init(limits: HTTPLimits, allowedHosts: Set<String>? = nil) {
        self.limits = limits
        self.allowedHosts = allowedHosts.map { Set($0.map { $0.lowercased() }) }
    }

    /// A request that may go on to the handler.
    struct Admission {
        var head: HTTPRequestHead
        /// Whether the client wants `100 Continue` before it sends the body.
        var expectsContinue: Bool
        /// Whether the client leaves the connection open for another request.
        var keepsAlive: Bool
    }

    func admit(
        _ parsed: RequestParser.Head, from address: String
    ) throws(RequestError) -> Admission {
        let line = parsed.line
        guard line.version == .http11 || line.version == .http10 else {
            throw .unsupportedVersion
        }
        guard line.method != "TRACE", line.method != "CONNECT" else { throw .forbiddenMethod }
        guard Self.methods.contains(line.method) else { throw .unknownMethod }
        let target = try RequestTarget(line.target, method: line.method)
        let isHTTP10 = line.version == .http10
        try checkHost(parsed.headers, of: target, isRequired: !isHTTP10)
        if case .length(let length) = parsed.framing, length > limits.bodyBytes {
            throw .bodyTooLarge(limit: limits.bodyBytes)
        }
        // Nothing is unpacked: a small body could unpack into all of the memory.
        let codings = parsed.headers.all("Content-Encoding")
        guard codings.allSatisfy({ $0.utf8.isSame(as: "identity") }) else { throw .encodedBody }
        return Admission(
            head: HTTPRequestHead(
                method: line.method, path: target.path, query: target.query,
                headers: parsed.headers, remoteAddress: address, isHTTP10: isHTTP10),
            expectsContinue: try expectsContinue(parsed, isHTTP10: isHTTP10),
            keepsAlive: Self.keepsAlive(parsed.headers, isHTTP10: isHTTP10))
    }

    /// RFC 9112, section 3.2: exactly one `Host` in HTTP/1.1, and a valid one.
    private func checkHost(
        _ headers: HTTPHeaders, of target: RequestTarget, isRequired: Bool
    ) throws(RequestError) {
        let values = headers.all("Host")
        guard values.count <= 1 else { throw .severalHosts }
        guard let value = values.first else {
            if isRequired { throw .hostMissing }
            try checkAllowed(target.authority)
            return
        }
        guard let host = HostHeader(value[...].utf8) else { throw .malformedHost }
        if let authority = target.authority, authority.name != host.name { throw .severalHosts }
        try checkAllowed(host)
    }

    /// A page elsewhere can have its own name resolve to this machine, but not change the name.
    private func checkAllowed(_ host: HostHeader?) throws(RequestError) {
        guard let allowedHosts, let host else { return }
        guard allowedHosts.contains(host.name) else { throw .hostNotAllowed }
    }

    /// RFC 9110, section 10.1.1: from HTTP/1.0 the expectation is ignored.
    private func expectsContinue(
        _ parsed: RequestParser.Head, isHTTP10: Bool
    ) throws(RequestError) -> Bool {
        let expectations = parsed.headers.all("Expect")
        guard !expectations.isEmpty, !isHTTP10 else { return false }
        guard expectations.allSatisfy({ $0.utf8.isSame(as: "100-continue") }) else {
            throw .unknownExpectation
        }
        return parsed.framing != .none
    }

    /// RFC 9112, section 9.3.
    private static func keepsAlive(_ headers: HTTPHeaders, isHTTP10: Bool) -> Bool {
        let options = headers.all("Connection").flatMap {
            Array($0.utf8).split(separator: UInt8(ascii: ",")).map(\.trimmed)
        }
        if options.contains(where: { $0.isSame(as: "close") }) { return false }
        return !isHTTP10 || options.contains { $0.isSame(as: "keep-alive") }
    }
}
