import COpenSSL
import Crypto
import Foundation
import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPSTests {
    static let health = "GET /health HTTP/1.1¶Host: localhost¶¶"

    func secureServer(
        _ change: (inout HTTPServer.Configuration) -> Void = { _ in }
    ) throws -> TestServer {
        try TestServer(
            certificates: ServerCertificates(TestCertificates.context(.one)), change)
    }

    func wishes(_ change: (inout TLSClient.Wishes) -> Void = { _ in }) -> TLSClient.Wishes {
        var wishes = TLSClient.Wishes()
        change(&wishes)
        return wishes
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func requestsAreAnsweredByBothVersions(version: Int32) async throws {
        let server = try secureServer()
        let client = try TestClient(port: server.port, tls: wishes { $0.newestVersion = version })
        for _ in 0..<3 {
            client.send(Self.health)
            #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func whatIsOlderIsRefused() throws {
        let server = try secureServer()
        #expect(throws: TLSClient.Refused.self) {
            try TestClient(port: server.port, tls: wishes { $0.newestVersion = TLS1_1_VERSION })
        }
    }

    @Test func onlyHTTP11IsSpoken() throws {
        let server = try secureServer()
        let both = try TestClient(
            port: server.port, tls: wishes { $0.protocols = ["h2", "http/1.1"] })
        #expect(both.tls?.chosenProtocol == "http/1.1")
        #expect(throws: TLSClient.Refused.self) {
            try TestClient(port: server.port, tls: wishes { $0.protocols = ["h2"] })
        }
    }

    @Test(arguments: [
        ("one.test", "one.test"), ("two.test", "two.test"), ("TWO.test", "two.test"),
        ("three.test", "one.test"), (nil, "one.test"),
    ])
    func theNameAskedForPicksTheCertificate(asked: String?, shown: String) async throws {
        let server = try TestServer(
            certificates: ServerCertificates(TestCertificates.context(.one, .two)))
        let client = try TestClient(port: server.port, tls: wishes { $0.name = asked })
        #expect(client.tls?.serverName == shown)
        client.send(Self.health)
        #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
    }

    @Test func newCertificatesAreShownToNewConnectionsAndOpenOnesGoOn() async throws {
        let certificates = ServerCertificates(try TestCertificates.context(.one))
        let server = try TestServer(certificates: certificates)
        let old = try TestClient(port: server.port, tls: wishes())
        certificates.replace(try TestCertificates.context(.two))
        #expect(try TestClient(port: server.port, tls: wishes()).tls?.serverName == "two.test")
        #expect(old.tls?.serverName == "one.test")
        old.send(Self.health)
        #expect(try await old.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
    }

    @Test(arguments: [1, 100_000, 900_000])
    func bodiesOfEverySizeGoThereAndBack(count: Int) async throws {
        let server = try secureServer()
        let client = try TestClient(port: server.port, tls: wishes())
        var random = SeededGenerator(seed: UInt64(count))
        let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        client.send("POST /echo HTTP/1.1¶Host: localhost¶Content-Length: \(count)¶".wire)
        client.send("Connection: close¶¶".wire + body)
        let bytes = try await client.receiveAll()
        #expect(bytes.suffix(count) == body[...])
    }

    @Test func recordsOfOneByteAreReadAsAny() async throws {
        let server = try secureServer()
        let client = try TestClient(port: server.port, tls: wishes())
        for byte in Self.health.wire { client.send([byte]) }
        #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
    }

    @Test func whoDoesNotGreetIsClosedInTime() async throws {
        let server = try secureServer {
            $0.limits.handshakeTime = .milliseconds(200)
        }
        let silent = try TestClient(port: server.port)
        #expect(try await silent.receiveAll().isEmpty)
    }

    @Test func whoIsSilentDoesNotKeepOthersFromTheirHandshake() async throws {
        let server = try secureServer {
            $0.limits.handshakes = 2
            $0.limits.handshakeTime = .seconds(600)
        }
        let silent = try (0..<4).map { _ in try TestClient(port: server.port) }
        let client = try TestClient(port: server.port, tls: wishes())
        client.send(Self.health)
        #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
        // They had to make room.
        #expect(try await silent[0].receiveAll().isEmpty)
    }

    @Test func whoSpeaksPlainHTTPIsNotServed() async throws {
        let server = try secureServer()
        let client = try TestClient(port: server.port)
        client.send(Self.health)
        #expect(!String(decoding: try await client.receiveAll(), as: UTF8.self).contains("200"))
        #expect(server.paths.isEmpty)
    }

    @Test func thoseForWhomThereIsNoRoomAreToldSo() async throws {
        let server = try secureServer {
            $0.limits.connections = 1
        }
        let first = try TestClient(port: server.port, tls: wishes())
        let second = try TestClient(port: server.port, tls: wishes())
        #expect(try await second.receive(through: "\r\n").hasPrefix("HTTP/1.1 503"))
        first.send(Self.health)
        #expect(try await first.receive(through: "ok\n").hasPrefix("HTTP/1.1 200"))
    }
}
