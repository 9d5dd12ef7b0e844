import Crypto
import Fetch
import Foundation
import TestSupport

/// A folder to download into, a file worth downloading, and a downloader that does not wait.
struct Place {
    let folder: TemporaryFolder
    let bytes = Self.bytes
    var downloader = Downloader(
        userAgent: "dixie/test", retryPolicy: RetryPolicy(attempts: 3, firstDelay: .zero))

    private static let bytes = (0..<300_000).map {
        UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11)
    }

    init() throws { folder = try TemporaryFolder() }

    func download(
        _ server: FileServer, byteCount: Int? = nil, digest: SHA256Digest? = nil
    ) throws -> Download {
        Download(
            try server.url("/file"), to: folder.path("file"), byteCount: byteCount, digest: digest)
    }

    func content() throws -> [UInt8] {
        Array(try Data(contentsOf: folder.url.appendingPathComponent("file")))
    }

    /// The names in the folder, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
}
