import Crypto
import Foundation
import FoundationNetworking

/// One try to fetch what is missing of a file. What may go better next time is thrown as a
/// `NetworkFailure`, what will not as a `FetchError`.
struct DownloadAttempt {
    private enum Step {
        /// Ask again, there: sent on, or what had come turned out to be of another file.
        case ask(URL)
        /// Ask for the rest: what has come so far was more than could be written in time.
        case askForRest
        case done(DownloadOutcome)
    }

    private let download: Download
    private let part: PartialFile
    private let downloader: Downloader
    /// What the file should be, as far as is known by now.
    private var byteCount: Int?
    private var digest: SHA256Digest?
    private var resumedFrom: Int?
    /// Exchanges since the last that brought us further for sure.
    private var detours = 0

    init(of download: Download, into part: PartialFile, by downloader: Downloader) {
        self.download = download
        self.part = part
        self.downloader = downloader
        byteCount = download.byteCount
        digest = download.digest
    }

    /// - Parameter progress: called whenever bytes have come.
    /// - Returns: the outcome, with the file in its place.
    /// - Throws: `NetworkFailure`, `FetchError` or `CryptoError`.
    mutating func run(progress: (DownloadProgress) -> Void) throws -> DownloadOutcome {
        var url = download.url
        while detours <= RedirectPolicy.mostRedirects {
            switch try exchange(at: url, progress: progress) {
            case .ask(let next):
                url = next
            case .askForRest:
                url = download.url
            case .done(let outcome): return outcome
            }
            detours += 1
        }
        throw FetchError.tooManyRedirects(download.url)
    }

    private mutating func exchange(
        at url: URL, progress: (DownloadProgress) -> Void
    ) throws -> Step {
        let source = part.source().flatMap { $0.url == download.url ? $0 : nil }
        // A part may be whole already; with its last byte asked for again, the answer is still
        // about the file, and says whether it is the same one.
        let start = source.map { min(part.byteCount, $0.byteCount - 1) } ?? 0
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        request.setValue(downloader.userAgent, forHTTPHeaderField: "User-Agent")
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if start > 0, let source {
            request.setValue("bytes=\(start)-", forHTTPHeaderField: "Range")
            request.setValue(source.validator, forHTTPHeaderField: "If-Range")
        }
        return try Transfer.run(request, by: downloader) { next in
            let head = try Self.head(next)
            learn(from: head, at: url)
            if head.isRedirect {
                return .ask(try RedirectPolicy.target(of: head, from: url))
            }
            switch head.status {
            case 200:
                try checkFile(head, at: url)
                if let size = try sizeOfWholeTarget() {
                    return .done(.alreadyThere(byteCount: size))
                }
                try part.restart(of: PartialSource(url: download.url, head: head))
            case 206 where start > 0:
                guard let source, isPiece(head, from: start, of: source) else { fallthrough }
                byteCount = byteCount ?? source.byteCount
                try part.goOn(from: start)
                detours = 0
            case 416 where start > 0:
                try part.restart(of: nil)
                return .ask(url)
            default: throw Self.failure(of: head.status, at: url)
            }
            resumedFrom = resumedFrom ?? part.byteCount
            guard try receive(next, at: url, progress: progress) else { return .askForRest }
            try finish(at: url)
            return .done(.fetched(byteCount: part.byteCount, resumedFrom: resumedFrom ?? 0))
        }
    }

    /// Takes from an answer what it says about the file itself.
    private mutating func learn(from head: ResponseHead, at url: URL) {
        byteCount = byteCount ?? head.linkedSize
        guard download.tagIsDigest, digest == nil else { return }
        digest = head.digest(inTag: "x-linked-etag")
        // Where we are sent on to, the tag may be 64 digits of something else.
        if digest == nil, url.host == download.url.host { digest = head.digest(inTag: "etag") }
    }

    /// Holds the head of a whole file against what is known of it.
    private mutating func checkFile(_ head: ResponseHead, at url: URL) throws {
        if let kind = head.pageKind { throw FetchError.pageInsteadOfFile(url, kind: kind) }
        if let encoding = head["content-encoding"], encoding.lowercased() != "identity" {
            throw FetchError.encoded(url, encoding: encoding)
        }
        if let byteCount, let length = head.contentLength, length != byteCount {
            throw FetchError.wrongSize(url, expected: byteCount, actual: length)
        }
        byteCount = byteCount ?? head.contentLength
    }

    /// The size of the target, if it is there and is the file that would be fetched.
    private func sizeOfWholeTarget() throws -> Int? {
        guard let byteCount, try sizeOfFile(download.path) == byteCount else { return nil }
        if let digest, try SHA256Digest(hashingFile: download.path) != digest { return nil }
        return byteCount
    }

    /// Whether an answer to a request for the rest is the rest, and of the same file.
    private func isPiece(_ head: ResponseHead, from start: Int, of source: PartialSource) -> Bool {
        guard let range = head.contentRange, range.first == start else { return false }
        return range.total == source.byteCount
            && (head.validator == nil || head.validator == source.validator)
    }

    /// Writes what comes.
    ///
    /// - Returns: whether all has come; if not, the rest is there to be asked for.
    private func receive(
        _ next: () -> Transfer.Event, at url: URL, progress: (DownloadProgress) -> Void
    ) throws -> Bool {
        if let byteCount { try part.checkRoom(for: byteCount - part.byteCount) }
        while true {
            switch next() {
            case .head: continue
            case .data(let data):
                if part.byteCount == 0, let kind = pageKind(ofBody: data) {
                    throw FetchError.pageInsteadOfFile(url, kind: kind)
                }
                if let byteCount, part.byteCount + data.count > byteCount {
                    throw wrongSize(part.byteCount + data.count, at: url)
                }
                try part.append(data)
                progress(DownloadProgress(byteCount: part.byteCount, total: byteCount))
            case .end(.fellBehind) where part.byteCount != byteCount: return false
            case .end(.failed(.timedOut)): throw NetworkFailure.timedOut
            case .end(let end):
                if let byteCount, part.byteCount < byteCount {
                    throw NetworkFailure.truncated(received: part.byteCount, expected: byteCount)
                }
                if case .failed(let failure) = end { throw failure }
                return true
            }
        }
    }

    /// Checks the bytes that came, and puts them in their place.
    private func finish(at url: URL) throws {
        if let byteCount, part.byteCount != byteCount {
            throw wrongSize(part.byteCount, at: url)
        }
        if let digest {
            let actual = try SHA256Digest(hashingFile: part.written())
            guard actual == digest else {
                part.discard()
                throw FetchError.wrongDigest(
                    url, expected: digest.hexadecimal, actual: actual.hexadecimal)
            }
        }
        try part.finish()
    }

    /// The error for a file that is not the size it should be, whose bytes are thrown away.
    private func wrongSize(_ actual: Int, at url: URL) -> FetchError {
        part.discard()
        return .wrongSize(url, expected: byteCount ?? actual, actual: actual)
    }

    private static func head(_ next: () -> Transfer.Event) throws -> ResponseHead {
        while true {
            switch next() {
            case .head(let head): return head
            case .data: continue
            case .end(.failed(let failure)): throw failure
            case .end: throw NetworkFailure.truncated(received: 0, expected: nil)
            }
        }
    }

    private static func failure(of status: Int, at url: URL) -> any Error {
        switch status {
        case 401, 403: FetchError.forbidden(url, status: status)
        case 404, 410: FetchError.notFound(url)
        case 408, 429, 500, 502, 503, 504: NetworkFailure.status(status)
        default: FetchError.unexpectedStatus(url, status: status)
        }
    }
}
