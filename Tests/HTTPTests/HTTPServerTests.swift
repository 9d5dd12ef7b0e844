import Foundation
import TestSupport
import Testing

@testable import HTTP

struct HTTPServerTests {
    private let health = "GET /health HTTP/1.1¶Host: h¶¶"
    private let later = "GET /later HTTP/1.1¶Host: h¶¶"

    @Test func aStreamReachesItsClientPieceByPiece() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.port)
        client.send(later)
        let writer = try #require(await server.later.first { _ in true })
        writer.begin(HTTPResponse(status: 200))
        #expect(
            try await client.receive(through: "\r\n\r\n").contains("Transfer-Encoding: chunked"))
        for word in ["one", "two", "three"] {
            writer.write(Array(word.utf8))
            // The next piece is written only when this one has arrived.
            #expect(try await client.receive(through: "\(word)\r\n").hasSuffix("\(word)\r\n"))
        }
        writer.end()
        try await client.receive(through: "0\r\n\r\n")
        client.send(health)
        #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func anAbortedStreamIsSeenToBeCutShort() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.port)
        client.send(later)
        let writer = try #require(await server.later.first { _ in true })
        writer.begin(HTTPResponse(status: 200, body: Array("half".utf8)))
        writer.abort()
        let bytes = try await client.receiveAll()
        #expect(throws: ReceivedResponse.Malformed.truncated) {
            try ReceivedResponse.all(in: bytes)
        }
    }

    @Test func aDroppedWriterIsAnErrorAndNotSilence() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.port)
        client.send(later)
        _ = await server.later.first { _ in true }
        #expect(try await ReceivedResponse.all(in: client.receiveAll()).first?.status == 500)
    }

    @Test func aClientThatLeavesIsNoticed() async throws {
        let server = try TestServer()
        for isRude in [false, true] {
            var client: TestClient? = try TestClient(port: server.port)
            client?.send(later)
            let writer = try #require(await server.later.first { _ in true })
            if isRude { client?.reset() }
            client = nil
            await withCheckedContinuation { continuation in
                writer.onDisconnect { continuation.resume() }
            }
        }
    }

    @Test func aSlowReaderMakesItsStreamWaitAndLosesNothing() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.port)
        client.send(later)
        let writer = try #require(await server.later.first { _ in true })
        writer.begin(HTTPResponse(status: 200))
        let piece = [UInt8](repeating: 120, count: 16 << 10)
        var count = 0
        while !writer.isCongested {
            writer.write(piece)
            count += 1
        }
        let (relief, continuation) = AsyncStream<Void>.makeStream()
        writer.onRelief { continuation.finish() }
        server.server.stop {}
        async let bytes = client.receiveAll()
        for await _ in relief {}
        #expect(!writer.isCongested)
        writer.end()
        let body = try ReceivedResponse.all(in: try await bytes).first?.body
        #expect(body?.count == count * piece.count)
    }

    @Test func stoppingFinishesWhatHasBegunAndTakesNothingNew() async throws {
        let server = try TestServer()
        let idle = try TestClient(port: server.port)
        idle.send(health)
        try await idle.receive(through: "ok\n")
        let busy = try TestClient(port: server.port)
        busy.send(later)
        let writer = try #require(await server.later.first { _ in true })
        let (stopped, continuation) = AsyncStream<Void>.makeStream()
        server.server.stop { continuation.finish() }
        #expect(try await idle.receiveAll().isEmpty)
        #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port) }
        writer.send(HTTPResponse(status: 200, body: Array("done".utf8)))
        let response = try await ReceivedResponse.all(in: busy.receiveAll()).first
        #expect(response?.body == Array("done".utf8))
        #expect(response?.headers["connection"] == "close")
        // The server lingers until its clients have heard it.
        idle.endSending()
        busy.endSending()
        for await _ in stopped {}
        #expect(throws: HTTPServerError.stopped) {
            try server.server.start(host: "127.0.0.1", port: 0)
        }
    }

    @Test func stoppingWithoutPatienceCutsOff() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.port)
        client.send(later)
        let writer = try #require(await server.later.first { _ in true })
        await server.server.stop(grace: .zero)
        #expect(try await client.receiveAll().isEmpty)
        writer.send(HTTPResponse(status: 200))
    }

    @Test func aServerThatIsFullSaysSo() async throws {
        let server = try TestServer {
            $0.limits.connections = 1
            $0.limits.refusals = 1
            // However slow the machine, the first is still there when the second has been refused.
            $0.limits.keepAliveTime = .seconds(3600)
        }
        let first = try TestClient(port: server.port)
        first.send(health)
        try await first.receive(through: "ok\n")
        let second = try TestClient(port: server.port)
        let response = try await ReceivedResponse.all(in: second.receiveAll()).first
        #expect(response?.status == 503)
        #expect(response?.headers["retry-after"] != nil)
        first.send(health)
        #expect(try await first.receive(through: "ok\n").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func hundredsOfClientsAreServedAtOnce() async throws {
        let server = try TestServer()
        let clients = try (0..<300).map { _ in try TestClient(port: server.port) }
        for client in clients { client.send(health) }
        for client in clients {
            #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func thousandsOfRefusedRequestsAtOnceAreAnsweredInOrder() async throws {
        let server = try TestServer { $0.limits.requestsPerConnection = 5000 }
        let client = try TestClient(port: server.port)
        client.send(String(repeating: "GET /x HTTP/1.1¶Host: h¶¶", count: 2000) + health)
        client.endSending()
        let responses = try await ReceivedResponse.all(in: client.receiveAll())
        #expect(responses.count == 2001)
        #expect(responses.dropLast().allSatisfy { $0.status == 404 })
    }

    @Test func whyItCannotListenIsSaidWithARemedy() async throws {
        let server = try TestServer()
        let other = try TestServer()
        let inUse = #expect(throws: HTTPServerError.portInUse(server.port)) {
            try other.server.start(host: "127.0.0.1", port: server.port)
        }
        let sentence = inUse.map { "\($0)" } ?? ""
        #expect(sentence.contains("port \(server.port) is in use"))
        #expect(sentence.contains("--port"))
        #expect(throws: HTTPServerError.addressNotAvailable("192.0.2.1")) {
            try other.server.start(host: "192.0.2.1", port: 0)
        }
        #expect(throws: HTTPServerError.portOutOfRange(65_536)) {
            try other.server.start(host: "127.0.0.1", port: 65_536)
        }
        #expect(throws: HTTPServerError.hostNotFound("no host")) {
            try other.server.start(host: "no host", port: 0)
        }
    }

    @Test func localhostIsAnAddressToo() async throws {
        let server = try TestServer()
        let port = try server.server.start(host: "localhost", port: 0)
        #expect(port > 0 && port != server.port)
        let client = try TestClient(port: port)
        client.send(health)
        #expect(try await client.receive(through: "ok\n").hasPrefix("HTTP/1.1 200 OK"))
    }
}
