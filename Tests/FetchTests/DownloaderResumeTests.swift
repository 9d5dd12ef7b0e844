import Crypto
import Fetch
import Foundation
import TestSupport
import Testing

/// Downloads that broke off and are taken up again.
@Suite struct DownloaderResumeTests {
    let place: Place

    init() throws { place = try Place() }

    /// Leaves the first 100,000 bytes of the file in the folder.
    private func breakOff(_ place: Place, _ server: FileServer) throws {
        var downloader = place.downloader
        downloader.retryPolicy.attempts = 1
        let url = try server.url("/file")
        #expect(
            throws: FetchError.network(
                url, .truncated(received: 100_000, expected: place.bytes.count), attempts: 1)
        ) { try downloader.fetch(place.download(server)) }
        #expect(try place.names() == ["file.part", "file.part.source"])
    }

    @Test func laterCallGoesOnWhereTheFirstBrokeOff() throws {
        let server = try FileServer([
            "/file": .init(bytes: place.bytes, faults: [.breakOff(after: 100_000)])
        ])
        try breakOff(place, server)
        let outcome = try place.downloader.fetch(
            place.download(server, digest: SHA256Digest(hashing: place.bytes)))
        #expect(outcome == .fetched(byteCount: place.bytes.count, resumedFrom: 100_000))
        #expect(try place.content() == place.bytes)
        #expect(try place.names() == ["file"])
        #expect(server.requests.last?.headers["range"] == "bytes=100000-")
        #expect(server.requests.last?.headers["if-range"] == "\"one\"")
    }

    @Test func oneCallSurvivesBreaksAndABusySource() throws {
        let server = try FileServer([
            "/file": .init(
                bytes: place.bytes,
                faults: [.breakOff(after: 100_000), .answer(503), .breakOff(after: 50_000)])
        ])
        var downloader = place.downloader
        downloader.retryPolicy.attempts = 4
        #expect(
            try downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: 150_000))
        #expect(try place.content() == place.bytes)
        #expect(server.requests.count == 4)
    }

    @Test func fileThatComesTooFastIsAskedForInPieces() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        var downloader = place.downloader
        // Whatever comes is too much, so every exchange brings one piece.
        downloader.mostWaiting = 0
        #expect(
            try downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: 0))
        #expect(try place.content() == place.bytes)
        #expect(server.requests.count > 5)
        #expect(server.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"one\"" })
    }

    @Test func changedFileIsFetchedFromItsStart() throws {
        let server = try FileServer([
            "/file": .init(bytes: place.bytes, faults: [.breakOff(after: 100_000)])
        ])
        try breakOff(place, server)
        let other = place.bytes.map { $0 ^ 0xFF }
        server.put(.init(bytes: other, tag: "\"two\""), at: "/file")
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: other.count, resumedFrom: 0))
        #expect(try place.content() == other)
    }

    @Test func shorterFileThanThePartIsFetchedFromItsStart() throws {
        let server = try FileServer([
            "/file": .init(bytes: place.bytes, faults: [.breakOff(after: 100_000)])
        ])
        try breakOff(place, server)
        let short = Array(place.bytes.prefix(1000))
        // The same tag, so that the range is asked of a file that has no such bytes: 416.
        server.put(.init(bytes: short), at: "/file")
        _ = try place.downloader.fetch(place.download(server))
        #expect(try place.content() == short)
        #expect(server.requests.last?.headers["range"] == nil)
    }

    @Test func answerWithAnotherPieceThanAskedIsNotTaken() throws {
        let server = try FileServer([
            "/file": .init(bytes: place.bytes, faults: [.breakOff(after: 100_000), .wrongRange])
        ])
        try breakOff(place, server)
        _ = try place.downloader.fetch(place.download(server))
        #expect(try place.content() == place.bytes)
    }

    @Test func wholePartIsTakenAfterItsLastByteWasAskedFor() throws {
        let server = try FileServer([
            "/file": .init(bytes: place.bytes, faults: [.breakOff(after: 100_000)])
        ])
        try breakOff(place, server)
        try place.folder.write(place.bytes, to: "file.part")
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: place.bytes.count - 1))
        #expect(try place.content() == place.bytes)
    }

    @Test func partOfUnknownOriginIsNotUsed() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        try place.folder.write([UInt8](repeating: 7, count: 500), to: "file.part")
        for source in [nil, "", "http://127.0.0.1/other\n\"one\"\n300000\n", "\u{0}\n\n\n"] {
            if let source { try place.folder.write(source, to: "file.part.source") }
            try? FileManager.default.removeItem(atPath: place.folder.path("file"))
            _ = try place.downloader.fetch(place.download(server))
            #expect(try place.content() == place.bytes)
            #expect(server.requests.last?.headers["range"] == nil)
        }
    }

    @Test func weakTagIsNeverResumedFrom() throws {
        let server = try FileServer([
            "/file": .init(
                bytes: place.bytes, tag: "W/\"one\"", faults: [.breakOff(after: 100_000)])
        ])
        _ = try place.downloader.fetch(place.download(server))
        #expect(server.requests.map { $0.headers["range"] } == [nil, nil])
        #expect(try place.content() == place.bytes)
    }

    @Test func dateServesWhereThereIsNoTag() throws {
        let server = try FileServer([
            "/file": .init(
                bytes: place.bytes,
                headers: [
                    "Last-Modified": "Tue, 05 Nov 2019 10:00:00 GMT",
                    "Date": "Tue, 05 Nov 2019 10:00:01 GMT",
                ], tag: nil, faults: [.breakOff(after: 100_000)])
        ])
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: 100_000))
        #expect(try place.content() == place.bytes)
    }
}
