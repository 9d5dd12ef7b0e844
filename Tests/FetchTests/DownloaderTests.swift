import Crypto
import Fetch
import Foundation
import TestSupport
import Testing

/// The downloader against a source that behaves.
@Suite struct DownloaderTests {
    let place: Place

    init() throws { place = try Place() }

    @Test func fileArrivesWholeAndLeavesNothingBeside() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        var seen: [DownloadProgress] = []
        let outcome = try place.downloader.fetch(place.download(server)) { seen.append($0) }
        #expect(outcome == .fetched(byteCount: place.bytes.count, resumedFrom: 0))
        #expect(try place.content() == place.bytes)
        #expect(try place.names() == ["file"])
        #expect(seen.map(\.byteCount) == seen.map(\.byteCount).sorted())
        #expect(seen.last?.byteCount == place.bytes.count)
        #expect(seen.allSatisfy { $0.total == place.bytes.count })
    }

    @Test func emptyFileArrives() throws {
        let server = try FileServer(["/file": .init(bytes: [])])
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: 0, resumedFrom: 0))
        #expect(try place.content() == [])
    }

    @Test func fileOfUntoldLengthArrives() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes, faults: [.chunked])])
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: 0))
        #expect(try place.content() == place.bytes)
    }

    @Test func foldersAreMadeOnTheWay() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        let path = place.folder.path("models of mine/124M/file")
        _ = try place.downloader.fetch(Download(server.url("/file"), to: path))
        #expect(FileManager.default.contents(atPath: path).map(Array.init) == place.bytes)
    }

    @Test func fileOfTheRightSizeIsNotFetchedAgain() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        try place.folder.write(place.bytes, to: "file")
        var calls = 0
        let outcome = try place.downloader.fetch(place.download(server)) { _ in calls += 1 }
        #expect(outcome == .alreadyThere(byteCount: place.bytes.count))
        #expect(calls == 0)
        #expect(try place.names() == ["file"])
    }

    @Test func fileOfTheRightDigestNeedsNoSource() throws {
        let server = try FileServer()
        try place.folder.write(place.bytes, to: "file")
        let download = try place.download(server, digest: SHA256Digest(hashing: place.bytes))
        #expect(
            try place.downloader.fetch(download) == .alreadyThere(byteCount: place.bytes.count))
        #expect(server.requests.isEmpty)
    }

    @Test func fileOfAnotherSizeOrDigestIsReplaced() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        try place.folder.write(Array(place.bytes.dropLast()), to: "file")
        _ = try place.downloader.fetch(place.download(server))
        #expect(try place.content() == place.bytes)

        try place.folder.write(place.bytes.map { $0 ^ 1 }, to: "file")
        let digest = try SHA256Digest(hashing: place.bytes)
        _ = try place.downloader.fetch(place.download(server, digest: digest))
        #expect(try place.content() == place.bytes)
    }

    @Test func redirectsOnThisMachineAreFollowed() throws {
        let server = try FileServer([
            "/file": .init(bytes: [], faults: [.answer(302, headers: ["Location": "/there"])]),
            "/there": .init(bytes: place.bytes),
        ])
        #expect(
            try place.downloader.fetch(place.download(server))
                == .fetched(byteCount: place.bytes.count, resumedFrom: 0))
        #expect(server.requests.map(\.path) == ["/file", "/there"])
    }

    @Test func digestInTheTagOfARedirectIsHeldAgainstTheFile() throws {
        let digest = try SHA256Digest(hashing: place.bytes)
        let headers = [
            "Location": "/there", "X-Linked-Etag": "\"\(digest)\"",
            "X-Linked-Size": "\(place.bytes.count)",
        ]
        let server = try FileServer([
            "/file": .init(
                bytes: [], faults: Array(repeating: .answer(302, headers: headers), count: 2)),
            "/there": .init(bytes: place.bytes.map { $0 ^ 1 }),
        ])
        var download = try place.download(server)
        download.tagIsDigest = true
        let actual = try SHA256Digest(hashing: place.bytes.map { $0 ^ 1 })
        let there = try server.url("/there")
        #expect(
            throws: FetchError.wrongDigest(
                there, expected: digest.hexadecimal, actual: actual.hexadecimal)
        ) { try place.downloader.fetch(download) }
        #expect(try place.names() == [])

        server.put(.init(bytes: place.bytes), at: "/there")
        #expect(
            try place.downloader.fetch(download)
                == .fetched(byteCount: place.bytes.count, resumedFrom: 0))
    }

    @Test func sourceIsToldWhoAsksAndNothingIsPacked() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        _ = try place.downloader.fetch(place.download(server))
        let headers = try #require(server.requests.first?.headers)
        #expect(headers["user-agent"] == "dixie/test")
        #expect(headers["accept-encoding"] == "identity")
        #expect(headers["range"] == nil)
    }
}
