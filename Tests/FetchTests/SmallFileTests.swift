import Fetch
import Foundation
import TestSupport
import Testing

/// A file in memory comes whole, from its own address, or not at all.
@Suite struct SmallFileTests {
    private func fetch(
        _ file: FileServer.File, atMost count: Int = 1000, within limit: Duration = .seconds(60)
    ) throws -> (Result<[UInt8], any Error>, requests: [FileServer.Request], url: URL) {
        let server = try FileServer(["/file": file])
        let url = try server.url("/file")
        let result = Result { try SmallFile.fetch(url, atMost: count, within: limit) }
        return (result, server.requests, url)
    }

    @Test func aFileComesWholeAndByOneRequest() throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let (result, requests, _) = try fetch(.init(bytes: bytes))
        #expect(try result.get() == bytes)
        #expect(requests.count == 1 && requests.first?.headers["accept-encoding"] == "identity")
        #expect(try fetch(.init(bytes: bytes, faults: [.chunked])).0.get() == bytes)
        #expect(try fetch(.init(bytes: [])).0.get() == [])
    }

    @Test func whatIsTooLongIsRefused() throws {
        let bytes = [UInt8](repeating: 65, count: 1001)
        for faults in [[], [FileServer.Fault.chunked]] {
            let (result, _, url) = try fetch(.init(bytes: bytes, faults: faults))
            #expect(throws: FetchError.tooLarge(url, limit: 1000)) { try result.get() }
        }
    }

    @Test(arguments: [204, 206, 301, 302, 403, 404, 500])
    func otherAnswersAreNoFile(status: Int) throws {
        let fault = FileServer.Fault.answer(status, headers: ["Location": "/other"])
        let (result, requests, url) = try fetch(.init(bytes: [1], faults: [fault]))
        #expect(throws: FetchError.unexpectedStatus(url, status: status)) { try result.get() }
        #expect(requests.count == 1)
    }

    @Test func whatBreaksOffOrIsSilentIsRefused() throws {
        let bytes = [UInt8](repeating: 65, count: 100)
        let broken = try fetch(.init(bytes: bytes, faults: [.breakOff(after: 50)])).0
        #expect(throws: FetchError.self) { try broken.get() }
        let (silent, _, url) = try fetch(
            .init(bytes: bytes, faults: [.silence]), within: .seconds(1))
        #expect(throws: FetchError.network(url, .timedOut, attempts: 1)) { try silent.get() }
        let file = URL(fileURLWithPath: "/etc/hostname")
        #expect(throws: FetchError.self) {
            try SmallFile.fetch(file, atMost: 1000, within: .seconds(1))
        }
    }
}
