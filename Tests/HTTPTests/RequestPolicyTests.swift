import TestSupport
import Testing

@testable import HTTP

struct RequestPolicyTests {
    private func admit(
        _ wire: String, allowedHosts: Set<String>? = nil
    ) throws -> RequestPolicy.Admission {
        let limits = HTTPLimits()
        var parser = RequestParser(limits: limits)
        var input = wire.wire[...]
        guard case .head(let head) = try parser.next(&input) else {
            throw RequestError.truncated
        }
        return try RequestPolicy(limits: limits, allowedHosts: allowedHosts)
            .admit(head, from: "192.0.2.1")
    }

    @Test func aPathIsDecodedAndItsQueryLeftAlone() throws {
        let head = try admit("GET /v1/a%20b%C3%A9?q=%20&r HTTP/1.1¶Host: h¶¶").head
        #expect(head.path == "/v1/a bé")
        #expect(head.query == "q=%20&r")
        #expect(head.remoteAddress == "192.0.2.1")
    }

    @Test func anAbsoluteTargetIsReadForItsPath() throws {
        #expect(try admit("GET http://h:80/a HTTP/1.1¶Host: h¶¶").head.path == "/a")
        #expect(try admit("GET HTTP://h?q HTTP/1.1¶Host: h¶¶").head.path == "/")
        #expect(try admit("OPTIONS * HTTP/1.1¶Host: h¶¶").head.path == "*")
    }

    @Test(arguments: [
        ("GET a HTTP/1.1¶Host: h¶¶", RequestError.malformedTarget),
        ("GET * HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET h:80 HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /%zz HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /%4 HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /%00 HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /a%0d%0aX:1 HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /%c0%ae HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /a#b HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET http:///a HTTP/1.1¶Host: h¶¶", .malformedTarget),
        ("GET /a/../b HTTP/1.1¶Host: h¶¶", .traversal),
        ("GET /%2e%2E/b HTTP/1.1¶Host: h¶¶", .traversal),
        ("GET /a%2f..%2fb HTTP/1.1¶Host: h¶¶", .traversal),
        ("GET /a%5c..%5cb HTTP/1.1¶Host: h¶¶", .traversal),
        ("GET / HTTP/1.1¶¶", .hostMissing),
        ("GET / HTTP/1.1¶Host: h¶Host: h¶¶", .severalHosts),
        ("GET http://a/ HTTP/1.1¶Host: b¶¶", .severalHosts),
        ("GET / HTTP/1.1¶Host: ¶¶", .malformedHost),
        ("GET / HTTP/1.1¶Host: u@h¶¶", .malformedHost),
        ("GET / HTTP/1.1¶Host: h:99999¶¶", .malformedHost),
        ("GET / HTTP/1.1¶Host: [::1¶¶", .malformedHost),
        ("GET / HTTP/1.1¶Host: é¶¶", .malformedHost),
        ("GET / HTTP/2.0¶Host: h¶¶", .unsupportedVersion),
        ("FOO / HTTP/1.1¶Host: h¶¶", .unknownMethod),
        ("get / HTTP/1.1¶Host: h¶¶", .unknownMethod),
        ("TRACE / HTTP/1.1¶Host: h¶¶", .forbiddenMethod),
        ("CONNECT h:80 HTTP/1.1¶Host: h¶¶", .forbiddenMethod),
        ("POST / HTTP/1.1¶Host: h¶Expect: tea¶¶", .unknownExpectation),
        ("POST / HTTP/1.1¶Host: h¶Content-Encoding: gzip¶¶", .encodedBody),
        (
            "POST / HTTP/1.1¶Host: h¶Content-Length: 1048577¶¶",
            .bodyTooLarge(limit: 1_048_576)
        ),
    ])
    func whatIsNotServedIsRefused(wire: String, error: RequestError) {
        #expect(throws: error) { try admit(wire) }
    }

    @Test func onlyAllowedHostsAreAnswered() throws {
        let hosts = HTTPServer.Configuration.loopbackHosts
        for host in ["localhost", "LOCALHOST:12345", "127.0.0.1:80", "[::1]:12345"] {
            _ = try admit("GET / HTTP/1.1¶Host: \(host)¶¶", allowedHosts: hosts)
        }
        _ = try admit("GET / HTTP/1.0¶¶", allowedHosts: hosts)
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "[::2]"] {
            #expect(throws: RequestError.hostNotAllowed) {
                try admit("GET / HTTP/1.1¶Host: \(host)¶¶", allowedHosts: hosts)
            }
        }
        #expect(throws: RequestError.hostNotAllowed) {
            try admit("GET http://evil.example/ HTTP/1.0¶¶", allowedHosts: hosts)
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1¶Host: h¶¶", true),
        ("GET / HTTP/1.1¶Host: h¶Connection: x, CLOSE¶¶", false),
        ("GET / HTTP/1.1¶Host: h¶Connection: x¶Connection: close¶¶", false),
        ("GET / HTTP/1.0¶¶", false),
        ("GET / HTTP/1.0¶Connection: Keep-Alive¶¶", true),
    ])
    func aConnectionLastsAsItsClientWishes(wire: String, keepsAlive: Bool) throws {
        #expect(try admit(wire).keepsAlive == keepsAlive)
    }

    @Test func onlyAClientWithABodyToSendWaitsForLeave() throws {
        let expect = "Host: h¶Expect: 100-Continue¶"
        #expect(try admit("POST / HTTP/1.1¶\(expect)Content-Length: 1¶¶").expectsContinue)
        #expect(try !admit("POST / HTTP/1.1¶\(expect)Content-Length: 0¶¶").expectsContinue)
        #expect(try !admit("POST / HTTP/1.0¶\(expect)Content-Length: 1¶¶").expectsContinue)
    }
}
