import Foundation

/// What a partial file is a part of: enough to ask for the rest only while the source still has
/// the same file.
struct PartialSource: Equatable {
    let url: URL
    /// What `If-Range` carries: a strong ETag or a date.
    let validator: String
    let byteCount: Int

    /// Nil unless the answer of `head`, a whole file, could be known again.
    init?(url: URL, head: ResponseHead) {
        guard let validator = head.validator, let byteCount = head.contentLength, byteCount > 0
        else { return nil }
        self.url = url
        self.validator = validator
        self.byteCount = byteCount
    }

    /// Three lines: address, validator, bytes in all.
    var text: String { "\(url.absoluteString)\n\(validator)\n\(byteCount)\n" }

    /// Nil for anything but what `text` gives, such as a file that was cut off.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty, let url = URL(string: String(lines[0])),
            !lines[1].isEmpty, let byteCount = Int(lines[2]), byteCount > 0
        else { return nil }
        self.url = url
        validator = String(lines[1])
        self.byteCount = byteCount
    }
}
