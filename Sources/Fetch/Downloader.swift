import Crypto
import Foundation

/// Fetches files over HTTPS into their places, whole or not at all, and goes on where an earlier
/// attempt broke off.
public struct Downloader: Sendable {
    /// What the source is told who asks.
    public var userAgent: String
    public var retryPolicy: RetryPolicy
    /// How long the source may stay silent.
    public var idleTimeout: Duration
    /// Bytes that may have come and not be written yet; past it the source is left, and asked for
    /// the rest later. A session cannot be told to slow down: on Linux `suspend` begins the
    /// request anew, and a delegate that blocks only makes the session keep the bytes itself.
    public var mostWaiting: Int

    public init(
        userAgent: String = "dixie", retryPolicy: RetryPolicy = RetryPolicy(),
        idleTimeout: Duration = .seconds(60), mostWaiting: Int = 64 << 20
    ) {
        self.userAgent = userAgent
        self.retryPolicy = retryPolicy
        self.idleTimeout = idleTimeout
        self.mostWaiting = mostWaiting
    }

    /// Fetches one file. Blocks until it is there, or has failed for good.
    ///
    /// A file that is already there, with the size and the digest it should have, stays as it is;
    /// one with another is replaced once the whole new one has come. The bytes of a download that
    /// broke off are used again only if the source still has the same file.
    ///
    /// - Parameters:
    ///   - download: what to fetch.
    ///   - progress: called on this thread whenever bytes have come.
    /// - Returns: whether there was anything to fetch.
    /// - Throws: `FetchError` or `CryptoError`.
    public func fetch(
        _ download: Download, progress: (DownloadProgress) -> Void = { _ in }
    ) throws -> DownloadOutcome {
        try RedirectPolicy.check(download.url)
        if let digest = download.digest, let size = try sizeOfFile(download.path),
            try SHA256Digest(hashingFile: download.path) == digest
        {
            return .alreadyThere(byteCount: size)
        }
        let part = try PartialFile(of: download.path)
        defer { part.discardIfEmpty() }
        var retries = Retries(retryPolicy)
        while true {
            let before = part.byteCount
            do {
                var attempt = DownloadAttempt(of: download, into: part, by: self)
                return try attempt.run(progress: progress)
            } catch let failure as NetworkFailure {
                let brought = max(part.byteCount - before, 0)
                guard let delay = retries.delayAfterFailure(bringing: brought) else {
                    throw FetchError.network(download.url, failure, attempts: retries.failures)
                }
                Thread.sleep(forTimeInterval: delay / .seconds(1))
            }
        }
    }
}

/// The size of a regular file; nil when there is none.
func sizeOfFile(_ path: String) throws(FetchError) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .file(path: path, operation: "look at it", code: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw .file(path: path, operation: "replace it by a file", code: EEXIST)
    }
    return Int(status.st_size)
}
