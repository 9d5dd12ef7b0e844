import TestSupport
import Testing

@testable import HTTP

/// `Fixtures/http/cases.jsonl` against a real server and through real sockets.
struct ProtocolCaseTests {
    @Test(arguments: [false, true])
    func everyCaseIsAnsweredAsItMustBe(secure: Bool) async throws {
        let certificates = secure ? ServerCertificates(try TestCertificates.context(.one)) : nil
        let wishes = secure ? TLSClient.Wishes() : nil
        let server = try TestServer(certificates: certificates) { $0.limits.halfClose = .answer }
        let cases = try ProtocolCase.quick()
        #expect(cases.count == 196)
        for protocolCase in cases {
            let client = try TestClient(port: server.port, tls: wishes)
            send(protocolCase, from: client)
            if let rest = protocolCase.sendAfter100 {
                #expect(try await client.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
                client.send(ProtocolCase.unescaped(rest))
                client.endSending()
                #expect(
                    try await ReceivedResponse.all(in: client.receiveAll()).first?.status == 200)
                continue
            }
            // Who must close is waited for; of the others, the end of what they are sent.
            if protocolCase.close != true { client.endSending() }
            try check(protocolCase, try await client.receiveAll())
        }
        #expect(!server.paths.contains("/smuggled"))
        try await expectHealth(of: server, wishes)
    }

    private func send(_ protocolCase: ProtocolCase, from client: TestClient) {
        guard let size = protocolCase.dribble?.first.map({ Int($0) }) else {
            return client.send(protocolCase.bytes)
        }
        var rest = protocolCase.bytes[...]
        while !rest.isEmpty {
            client.send(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
    }

    private func check(_ protocolCase: ProtocolCase, _ bytes: [UInt8]) throws {
        let name = Comment(rawValue: "\(protocolCase.name): \(protocolCase.why)")
        let all = try ReceivedResponse.all(in: bytes, isHead: protocolCase.head == true)
        let responses = all.filter { $0.status >= 200 }
        let outcome = responses.first.map { ProtocolCase.Outcome.status($0.status) } ?? .close
        #expect(protocolCase.expect.contains(outcome), name)
        if let most = protocolCase.maxResp { #expect(responses.count <= most, name) }
        if let least = protocolCase.minResp { #expect(responses.count >= least, name) }
        if protocolCase.no1xx == true { #expect(all.count == responses.count, name) }
        for response in responses {
            #expect(response.headers["date"] != nil, name)
            if response.status == 405 { #expect(response.headers["allow"] != nil, name) }
        }
    }

    private func expectHealth(
        of server: TestServer, _ wishes: TLSClient.Wishes?
    ) async throws {
        let client = try TestClient(port: server.port, tls: wishes)
        client.send("GET /health HTTP/1.1¶Host: localhost¶Connection: close¶¶")
        #expect(try await ReceivedResponse.all(in: client.receiveAll()).first?.status == 200)
    }
}
