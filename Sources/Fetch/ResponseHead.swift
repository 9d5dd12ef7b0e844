import Crypto
import Foundation

/// The status and the headers of an answer, and what a download reads out of them.
struct ResponseHead: Equatable, Sendable {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]

    init(status: Int, headers: [String: String] = [:]) {
        self.status = status
        self.headers = Dictionary(
            headers.map { ($0.lowercased(), $1.trimmingCharacters(in: .whitespaces)) },
            uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> String? { headers[name] }

    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

    var contentLength: Int? { self["content-length"].flatMap(Self.naturalNumber) }

    /// What a later `If-Range` may carry, so that a file that changed meanwhile is sent whole.
    ///
    /// Only a strong validator will do (RFC 9110 §13.1.5); a date is one when it is older than
    /// the answer by the second it counts in (§8.8.2.2).
    var validator: String? {
        if let tag = self["etag"], tag.hasPrefix("\""), tag.count > 2 { return tag }
        guard let modified = self["last-modified"], let date = self["date"], modified != date
        else { return nil }
        return modified
    }

    /// Whether the rest of this answer could be asked for later: it says what it is a piece of,
    /// and that pieces may be had.
    var isResumable: Bool {
        let givesPieces = status == 206 || self["accept-ranges"]?.lowercased() == "bytes"
        return givesPieces && validator != nil && (contentLength ?? 0) > 0
    }

    /// The SHA-256 in the header `name`, when that is a tag of 64 hex digits.
    func digest(inTag name: String) -> SHA256Digest? {
        self[name].flatMap {
            SHA256Digest(hexadecimal: $0.trimmingCharacters(in: CharacterSet(charactersIn: "\"")))
        }
    }

    /// The size Hugging Face gives before it sends on to where a large file is.
    var linkedSize: Int? { self["x-linked-size"].flatMap(Self.naturalNumber) }

    /// First byte and total of a `Content-Range: bytes first-last/total` (RFC 9110 §14.4).
    var contentRange: (first: Int, total: Int?)? {
        guard let value = self["content-range"], value.lowercased().hasPrefix("bytes ") else {
            return nil
        }
        let parts = value.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.naturalNumber(ends[0]),
            let last = Self.naturalNumber(ends[1]), first <= last
        else { return nil }
        if parts[1] == "*" { return (first, nil) }
        guard let total = Self.naturalNumber(parts[1]), last < total else { return nil }
        return (first, total)
    }

    /// What the answer says it is, when that is a page: no file we fetch is one.
    var pageKind: String? {
        let type = self["content-type"]?.lowercased() ?? ""
        if type.hasPrefix("text/html") || type.contains("xhtml") { return "HTML" }
        if type.hasPrefix("text/xml") || type.hasPrefix("application/xml") { return "XML" }
        return nil
    }

    /// A natural number in digits alone: `Int` would also take a sign.
    private static func naturalNumber(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

/// What the first bytes of a body are, when they are a page's; no file we fetch starts with `<`.
func pageKind(ofBody start: Data) -> String? {
    let text = String(decoding: start.prefix(256), as: UTF8.self)
        .drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
    if text.hasPrefix("<!doctype") || text.hasPrefix("<html") { return "HTML" }
    if text.hasPrefix("<?xml") || text.hasPrefix("<error") { return "XML" }
    return nil
}
