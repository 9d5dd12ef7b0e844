/// The bytes of a request whose connection is not used again.
struct ServerRequest {
    let method: String
    let path: String
    /// Sent as a bearer's.
    var key: String?
    /// JSON; empty for none.
    var body: [UInt8] = []

    /// Head and body.
    ///
    /// - Parameter address: of the server.
    /// - Returns: the bytes.
    func bytes(to address: ServerAddress) -> [UInt8] {
        var lines = [
            "\(method) \(path) HTTP/1.1", "Host: \(address.host):\(address.port)",
            "Connection: close",
        ]
        if let key { lines.append("Authorization: Bearer \(key)") }
        if !body.isEmpty {
            lines += ["Content-Type: application/json", "Content-Length: \(body.count)"]
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}
