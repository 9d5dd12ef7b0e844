import Crypto
import Foundation
import TestSupport
import Testing

/// A file in memory comes whole, from whom it was to come from, or not at all.
@Suite struct SmallFileTests {
    private static let identity = TLSServer.Identity(
        chain: fixture("tls/one.pem").path, key: fixture("tls/one.key").path)

    private func roots(_ name: String = "tls/one.pem") throws -> TrustedRoots {
        try .of(pem: Array(try Data(contentsOf: fixture(name))))
    }

    /// The sentence with which it is refused; nil where it comes.
    private func refusal(_ body: () throws -> [UInt8]) throws -> String? {
        do {
            _ = try body()
            return nil
        } catch let error as CryptoError {
            return error.description
        }
    }

    private func fetch(
        _ file: FileServer.File, host: String = "127.0.0.1", atMost count: Int = 1000,
        within seconds: Int = 60
    ) throws -> (Result<[UInt8], any Error>, requests: [FileServer.Request]) {
        let server = try FileServer(["/file": file], identity: Self.identity)
        let result = Result {
            try SmallFile.fetch(
                host: host, port: Int(server.port), path: "/file", roots: try roots(),
                atMost: count, within: seconds)
        }
        return (result, server.requests)
    }

    @Test func aFileComesWholeAndByOneRequest() throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let (result, requests) = try fetch(.init(bytes: bytes))
        #expect(try result.get() == bytes)
        #expect(requests.map(\.path) == ["/file"])
        #expect(requests.first?.headers["host"]?.hasPrefix("127.0.0.1") == true)
        #expect(try fetch(.init(bytes: [65])).0.get() == [65])
    }

    @Test func whatIsTooLongIsRefused() throws {
        let bytes = [UInt8](repeating: 65, count: 1001)
        let (result, _) = try fetch(.init(bytes: bytes))
        #expect(throws: CryptoError.self) { try result.get() }
        let endless = FileServer.File(
            bytes: bytes, headers: ["Content-Length": "0"], faults: [])
        #expect(throws: CryptoError.self) { try fetch(endless).0.get() }
    }

    @Test(arguments: [204, 206, 301, 302, 403, 404, 500])
    func otherAnswersAreNoFile(status: Int) throws {
        let fault = FileServer.Fault.answer(status, headers: ["Location": "/other"])
        let (result, requests) = try fetch(.init(bytes: [1], faults: [fault]))
        #expect(throws: CryptoError.self) { try result.get() }
        #expect(requests.count == 1)
    }

    @Test func whatBreaksOffOrIsSilentIsRefused() throws {
        let bytes = [UInt8](repeating: 65, count: 100)
        let (broken, _) = try fetch(.init(bytes: bytes, faults: [.breakOff(after: 50)]))
        #expect(throws: CryptoError.self) { try broken.get() }
        let (silent, _) = try fetch(.init(bytes: bytes, faults: [.silence]), within: 1)
        #expect(throws: CryptoError.self) { try silent.get() }
    }

    @Test func onlyWhoIsBelievedIsAsked() throws {
        let server = try FileServer(["/file": .init(bytes: [1])], identity: Self.identity)
        for (host, name) in [("127.0.0.1", "tls/two.pem"), ("localhost", "tls/one.pem")] {
            let sentence = try refusal {
                try SmallFile.fetch(
                    host: host, port: Int(server.port), path: "/file", roots: try roots(name),
                    atMost: 10, within: 60)
            }
            #expect(sentence?.contains("certificate verify failed") == true, "\(host), \(name)")
        }
        let plain = try FileServer(["/file": .init(bytes: [1])])
        #expect(throws: CryptoError.self) {
            try SmallFile.fetch(
                host: "127.0.0.1", port: Int(plain.port), path: "/file", roots: try roots(),
                atMost: 10, within: 1)
        }
        #expect(server.requests.isEmpty && plain.requests.isEmpty)
    }
}
