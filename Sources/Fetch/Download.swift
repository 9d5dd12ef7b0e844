import Crypto
import Foundation

/// One file to fetch: from where, to where, and what is known of it beforehand.
public struct Download: Sendable {
    public var url: URL
    /// The file's path; its folders are made on the way.
    public var path: String
    public var byteCount: Int?
    public var digest: SHA256Digest?
    /// Whether a tag of 64 hex digits is the file's SHA-256, as it is for Hugging Face's large
    /// files.
    public var tagIsDigest: Bool

    public init(
        _ url: URL, to path: String, byteCount: Int? = nil, digest: SHA256Digest? = nil,
        tagIsDigest: Bool = false
    ) {
        self.url = url
        self.path = path
        self.byteCount = byteCount
        self.digest = digest
        self.tagIsDigest = tagIsDigest
    }
}

/// How far a download has come.
public struct DownloadProgress: Equatable, Sendable {
    /// Bytes of the file that are there, those of earlier attempts among them.
    public let byteCount: Int
    /// The file's size, where the source says it.
    public let total: Int?
}

public enum DownloadOutcome: Equatable, Sendable {
    /// The whole file was there already.
    case alreadyThere(byteCount: Int)
    /// The file is there now; `resumedFrom` bytes of it had come earlier.
    case fetched(byteCount: Int, resumedFrom: Int)
}
