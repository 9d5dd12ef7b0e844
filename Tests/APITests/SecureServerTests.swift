import Configuration
import Foundation
import TestSupport
import Testing

@testable import API

/// A whole server with a port for HTTPS.
struct SecureServerTests {
    private func tls(_ names: (chain: String, key: String)...) -> String {
        let entries = names.map {
            """
            {"certificate": "\(fixture("tls/\($0.chain).pem").path)",
             "key": "\(fixture("tls/\($0.key).key").path)"}
            """
        }
        return #""tls": {"port": 0, "certificates": [\#(entries.joined(separator: ","))]},"#
    }

    private func client(_ server: LiveServer) throws -> TestClient {
        try TestClient(port: #require(server.securePort), tls: TLSClient.Wishes())
    }

    private let ping = "GET /ping HTTP/1.1¶Host: localhost¶¶"

    @Test func bothPortsAnswer() async throws {
        let server = try LiveServer(top: tls(("one", "one")))
        #expect(try await server.get("/ping").status == 200)
        let secure = try client(server)
        secure.send(ping)
        #expect(try await secure.receive(through: "¶¶".asLines).hasPrefix("HTTP/1.1 200"))
    }

    @Test func aReloadShowsNewCertificatesAndABadOneKeepsTheOld() async throws {
        let server = try LiveServer(top: tls(("one", "one")))
        let open = try client(server)
        try server.configure(top: tls(("two", "two")))
        server.application.reload()
        #expect(try client(server).tls?.serverName == "two.test")
        try server.configure(top: tls(("one", "two")))
        server.application.reload()
        #expect(try client(server).tls?.serverName == "two.test")
        let line = try #require(server.log.all.last { $0.hasPrefix("error") })
        #expect(line.contains("tls.certificates[0]") && line.contains("cannot be shown"))
        open.send(ping)
        #expect(try await open.receive(through: "¶¶".asLines).hasPrefix("HTTP/1.1 200"))
    }

    @Test func aCertificateThatCannotBeShownIsSaidWithItsLine() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try LiveServer(top: tls(("one", "two")))
        }
        let sentence = "\(error.map(String.init(describing:)) ?? "")"
        #expect(sentence.contains("server_config.json:1: tls.certificates[0].certificate"))
        #expect(sentence.contains("not locked"))
    }

    @Test func thePortThatOnlyThisMachineReachesAnswersToNoOtherName() async throws {
        let server = try LiveServer(
            top: tls(("one", "one")).replacing(#"{"port""#, with: #"{"host": "0.0.0.0", "port""#)
                + #""insecure": true,"#)
        let ping = "GET /ping HTTP/1.1¶Host: elsewhere.test¶Connection: close¶¶"
        #expect(try await server.raw(ping.wire).status == 421)
        let secure = try client(server)
        secure.send(ping)
        #expect(try await secure.receive(through: "¶¶".asLines).hasPrefix("HTTP/1.1 200"))
    }

    @Test func namesThatAreListedStandBesideLocalhost() async throws {
        let server = try LiveServer(
            top: #""host": "0.0.0.0", "insecure": true, "allowed_hosts": ["chat.test"],"#)
        for (name, status) in [("chat.test", 200), ("localhost", 200), ("elsewhere.test", 421)] {
            let ping = "GET /ping HTTP/1.1¶Host: \(name)¶Connection: close¶¶"
            #expect(try await server.raw(ping.wire).status == status)
        }
    }

    @Test func othersMayComeInByHTTPSOnlyAndNeedAKey() async throws {
        let others = tls(("one", "one"))
            .replacing(#"{"port""#, with: #"{"host": "0.0.0.0", "port""#)
        let error = #expect(throws: ConfigurationError.self) { try LiveServer(top: others) }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("no key"))
        let server = try LiveServer(top: others + #""api_keys": ["everything-key-0001"],"#)
        // The port stays open when the file says no more of it, and so does the need for a key.
        try server.configure()
        server.application.reload()
        #expect(server.log.all.last?.contains("no key") == true)
        #expect(try await server.get("/models/list").status == 401)
    }
}

extension String {
    /// With "¶" for CR LF.
    fileprivate var asLines: String { replacing("¶", with: "\r\n") }
}
