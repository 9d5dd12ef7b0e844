extension RequestError {
    /// The answer to a request that was not taken. Its connection is closed after it.
    var response: HTTPResponse {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if status == 405 { headers.set("Allow", RequestPolicy.methods.joined(separator: ", ")) }
        if status == 503 { headers.set("Retry-After", "1") }
        return HTTPResponse(status: status, headers: headers, body: body)
    }

    private var body: [UInt8] {
        // The sentences are ours alone, so that quotes are all there is to escape.
        let message = description.replacing("\"", with: "\\\"")
        let type = status < 500 ? "invalid_request_error" : "server_error"
        return Array(
            """
            {"error":{"message":"\(message)","type":"\(type)","param":null,"code":"\(code)"}}
            """.utf8)
    }
}
