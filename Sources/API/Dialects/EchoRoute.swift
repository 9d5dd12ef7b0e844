import HTTP

/// `POST /echo`: sends the body back as it was understood, so that protocol tests can see how a
/// request was framed. Only with `--test_echo`.
enum EchoRoute {
    static let route = Route("POST", "/echo", .open, takesJSON: false) { exchange in
        exchange.writer.send(
            HTTPResponse(
                status: 200, headers: ["Content-Type": "application/octet-stream"],
                body: exchange.request.body))
    }
}
