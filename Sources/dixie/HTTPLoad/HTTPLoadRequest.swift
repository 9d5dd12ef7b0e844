import JSON

/// The bytes that ask for one streamed reply.
struct HTTPLoadRequest: Sendable {
    let address: ServerAddress
    let dialect: HTTPLoadArguments.Dialect
    let modelKey: String?
    let tokens: Int

    /// A request for one reply.
    ///
    /// Each has a prompt of its own, different from its first token on, so that no server can take
    /// it from an earlier one.
    ///
    /// - Parameter number: of the reply.
    /// - Returns: head and body.
    func bytes(number: Int) -> [UInt8] {
        let prompt = "\(number + 1) stories were told that evening, and the first began"
        var members = [
            JSONMember("stream", true), JSONMember("temperature", 0),
        ]
        switch dialect {
        case .completions:
            members += [
                JSONMember("prompt", .string(prompt)), JSONMember("max_tokens", .integer(tokens)),
                JSONMember("stream_options", ["include_usage": true]),
                // llama-server's word for what this project's does anyway.
                JSONMember("ignore_eos", true),
            ]
            if let modelKey { members.append(JSONMember("model", .string(modelKey))) }
        case .invocations:
            members += [
                JSONMember("raw_text", .string(prompt)), JSONMember("length", .integer(tokens)),
                JSONMember("format", "json"), JSONMember("model_key", .string(modelKey ?? "")),
            ]
        }
        let body = JSONValue(.object(members)).serializedBytes
        let path = dialect == .completions ? "/v1/completions" : "/invocations"
        let head = """
            POST \(path) HTTP/1.1\r
            Host: \(address.host):\(address.port)\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            Connection: close\r
            \r

            """
        return Array(head.utf8) + body
    }
}
