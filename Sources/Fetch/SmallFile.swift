import Foundation
import FoundationNetworking

/// A file that is small enough for memory, such as a certificate.
public enum SmallFile {
    /// Fetches one in one attempt, from the very address: no redirect is followed.
    ///
    /// Blocks until it is there or has failed, which takes at most about twice `limit`.
    ///
    /// - Parameters:
    ///   - url: where it is.
    ///   - byteCount: how long it may be.
    ///   - limit: how long the source may stay silent, and how long it may take for all of it.
    ///   - userAgent: what the source is told who asks.
    /// - Returns: its bytes.
    /// - Throws: `FetchError`.
    public static func fetch(
        _ url: URL, atMost byteCount: Int, within limit: Duration, userAgent: String = "dixie"
    ) throws -> [UInt8] {
        try RedirectPolicy.check(url)
        let end = ContinuousClock.now + limit
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        request.setValue(userAgent, forHTTPHeaderField: "User-Agent")
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        let downloader = Downloader(userAgent: userAgent, idleTimeout: limit)
        return try Transfer.run(request, by: downloader) { next in
            var bytes: [UInt8] = []
            var expected: Int?
            while true {
                switch next() {
                case .head(let head):
                    guard head.status == 200 else {
                        throw FetchError.unexpectedStatus(url, status: head.status)
                    }
                    expected = head.contentLength
                    guard expected ?? 0 <= byteCount else {
                        throw FetchError.tooLarge(url, limit: byteCount)
                    }
                case .data(let data):
                    bytes += data
                    guard bytes.count <= byteCount else {
                        throw FetchError.tooLarge(url, limit: byteCount)
                    }
                    guard ContinuousClock.now < end else {
                        throw FetchError.network(url, .timedOut, attempts: 1)
                    }
                case .end(.whole):
                    guard bytes.count == expected ?? bytes.count else {
                        let failure = NetworkFailure.truncated(
                            received: bytes.count, expected: expected)
                        throw FetchError.network(url, failure, attempts: 1)
                    }
                    return bytes
                case .end(.failed(let failure)):
                    throw FetchError.network(url, failure, attempts: 1)
                case .end(.fellBehind):
                    throw FetchError.tooLarge(url, limit: byteCount)
                }
            }
        }
    }
}
