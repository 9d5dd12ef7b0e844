import Crypto
import Fetch
import Foundation
import TestSupport
import Testing

/// Every way a source fails us is an error of its own, and leaves no file in the target's place.
@Suite struct DownloaderFailureTests {
    let place: Place

    init() throws { place = try Place() }

    private func failure(
        _ file: FileServer.File, byteCount: Int? = nil, digest: SHA256Digest? = nil,
        idleTimeout: Duration = .seconds(60)
    ) throws -> (FetchError?, requests: Int, url: URL) {
        let server = try FileServer(["/file": file])
        var downloader = place.downloader
        downloader.idleTimeout = idleTimeout
        let error = #expect(throws: FetchError.self) {
            try downloader.fetch(place.download(server, byteCount: byteCount, digest: digest))
        }
        #expect(!FileManager.default.fileExists(atPath: place.folder.path("file")))
        return (error, server.requests.count, try server.url("/file"))
    }

    @Test func missingFileIsSaidAtOnce() throws {
        let (error, requests, url) = try failure(.init(bytes: [], faults: [.answer(404)]))
        #expect(error == .notFound(url))
        #expect(requests == 1)
        #expect(try place.names() == [])
    }

    @Test(arguments: [401, 403]) func privateFileIsSaidAtOnce(status: Int) throws {
        let (error, requests, url) = try failure(.init(bytes: [], faults: [.answer(status)]))
        #expect(error == .forbidden(url, status: status))
        #expect(requests == 1)
    }

    @Test(arguments: [204, 206, 304, 416, 418]) func otherAnswersAreNoFile(status: Int) throws {
        let (error, _, url) = try failure(.init(bytes: [], faults: [.answer(status)]))
        #expect(error == .unexpectedStatus(url, status: status))
    }

    @Test(arguments: [429, 500, 503]) func troubleIsTriedAgainButNotForEver(status: Int) throws {
        let faults = [FileServer.Fault](repeating: .answer(status), count: 9)
        let (error, requests, url) = try failure(.init(bytes: [], faults: faults))
        #expect(error == .network(url, .status(status), attempts: 3))
        #expect(requests == 3)
    }

    @Test(arguments: [
        ("text/html; charset=utf-8", "hello", "HTML"),
        ("application/xml", "hello", "XML"),
        ("text/plain", "  <!DOCTYPE html><title>Moved</title>", "HTML"),
        ("application/octet-stream", "\u{FEFF}<?xml version='1.0'?><Error/>", "XML"),
        ("application/json", "<Error><Code>NoSuchBucket</Code></Error>", "XML"),
    ])
    func pageIsNotTakenForTheFile(type: String, body: String, kind: String) throws {
        let (error, _, url) = try failure(
            .init(bytes: Array(body.utf8), headers: ["Content-Type": type]))
        #expect(error == .pageInsteadOfFile(url, kind: kind))
        #expect(try place.names() == [])
    }

    @Test func packedAnswerIsRefused() throws {
        let (error, _, url) = try failure(
            .init(bytes: [1, 2], headers: ["Content-Encoding": "br"]))
        #expect(error == .encoded(url, encoding: "br"))
    }

    @Test func anotherSizeIsRefusedBeforeItIsFetched() throws {
        let (error, _, url) = try failure(.init(bytes: [1, 2, 3]), byteCount: 4)
        #expect(error == .wrongSize(url, expected: 4, actual: 3))
    }

    @Test func anotherUntoldSizeIsRefusedAfterwards() throws {
        let (error, _, url) = try failure(
            .init(bytes: [1, 2, 3, 4, 5], faults: [.chunked]), byteCount: 4)
        #expect(error == .wrongSize(url, expected: 4, actual: 5))
        #expect(try place.names() == [])
    }

    @Test func anotherDigestIsRefusedAndThrownAway() throws {
        let expected = try SHA256Digest(hashing: "right")
        let (error, _, url) = try failure(.init(bytes: Array("wrong".utf8)), digest: expected)
        let actual = try SHA256Digest(hashing: "wrong")
        #expect(
            error
                == .wrongDigest(
                    url, expected: expected.hexadecimal, actual: actual.hexadecimal))
        #expect(try place.names() == [])
    }

    @Test func fileLargerThanTheDiskIsRefusedBeforeItIsFetched() throws {
        let server = FileServer.File(
            bytes: [], headers: ["Content-Length": "\(1 << 60)"])
        let (error, requests, _) = try failure(server)
        guard case .diskFull(_, let missing?) = error else {
            Issue.record("not a full disk: \(String(describing: error))")
            return
        }
        #expect(missing > 1 << 59)
        #expect(requests == 1)
    }

    @Test func silentSourceTimesOut() throws {
        let faults = [FileServer.Fault](repeating: .silence, count: 3)
        let (error, _, url) = try failure(
            .init(bytes: [], faults: faults), idleTimeout: .seconds(1))
        #expect(error == .network(url, .timedOut, attempts: 3))
    }

    @Test func closedPortIsUnreachable() throws {
        let url: URL
        do {
            let server = try FileServer()
            url = try server.url("/file")
        }
        #expect(throws: FetchError.network(url, .unreachable, attempts: 3)) {
            try place.downloader.fetch(Download(url, to: place.folder.path("file")))
        }
        #expect(try place.names() == [])
    }

    @Test func redirectToAnotherHostsPlainLineIsNotFollowed() throws {
        let target = "http://192.0.2.1/file"
        let (error, _, url) = try failure(
            .init(bytes: [], faults: [.answer(302, headers: ["Location": target])]))
        #expect(error == .unsafeRedirect(from: url, to: target))
    }

    @Test func redirectToAFileOfThisMachineIsNotFollowed() throws {
        let (error, _, _) = try failure(
            .init(
                bytes: [], faults: [.answer(302, headers: ["Location": "file:///etc/passwd"])]))
        #expect(error == .badAddress("file:///etc/passwd"))
    }

    @Test func circleOfRedirectsEnds() throws {
        let faults = [FileServer.Fault](
            repeating: .answer(307, headers: ["Location": "/file"]), count: 50)
        let (error, requests, url) = try failure(.init(bytes: [], faults: faults))
        #expect(error == .tooManyRedirects(url))
        #expect(requests == 11)
    }

    @Test func folderInTheFilesPlaceIsSaid() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        try place.folder.write("", to: "file/inside")
        let error = #expect(throws: FetchError.self) {
            try place.downloader.fetch(place.download(server))
        }
        guard case .file = error else {
            Issue.record("not an error of the file: \(String(describing: error))")
            return
        }
        #expect(try place.names() == ["file"])
    }

    @Test func fileThatAnotherFetchesIsBusy() throws {
        let server = try FileServer(["/file": .init(bytes: place.bytes)])
        let part = try place.folder.write("", to: "file.part")
        let descriptor = open(part, O_RDWR)
        defer { close(descriptor) }
        try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: FetchError.busy(path: place.folder.path("file"))) {
            try place.downloader.fetch(place.download(server))
        }
    }

    @Test(arguments: ["ftp://host/file", "file:///etc/passwd", "https://", "nothing"])
    func addressThatIsNoneIsRefused(address: String) throws {
        let url = try #require(URL(string: address))
        #expect(throws: FetchError.badAddress(address)) {
            try place.downloader.fetch(Download(url, to: place.folder.path("file")))
        }
    }
}
