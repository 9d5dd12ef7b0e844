import Crypto
import HTTP
import Page

/// `GET /`: the page on which people chat, for browsers; others get the original's greeting. What the
/// page is made of is below `/page/`.
struct PageRoutes: Sendable {
    private let index: Part
    private let parts: [Part]

    /// A file with what an answer that carries it says.
    private struct Part: Sendable {
        let file: PageFile
        let headers: HTTPHeaders
        let tag: String

        init(_ file: PageFile) throws(CryptoError) {
            self.file = file
            tag = "\"\(try SHA256Digest(hashing: file.bytes).hexadecimal.prefix(32))\""
            var headers = PageRoutes.headers
            headers.add("Content-Type", file.contentType)
            headers.add("ETag", tag)
            self.headers = headers
        }
    }

    /// The page runs its own scripts only, loads from and talks to this server only, sends no form
    /// anywhere, and stands in nobody's frame.
    private static let headers: HTTPHeaders = [
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        // Asked about each time, so that a page never runs with parts of another version.
        "Cache-Control": "no-cache",
    ]

    init() throws(CryptoError) {
        index = try Part(.index)
        var parts: [Part] = []
        for file in PageFile.parts { parts.append(try Part(file)) }
        self.parts = parts
    }

    var routes: [Route] {
        [Route("GET", "/", .open) { $0.writer.send(front(for: $0.request.head)) }]
            + parts.map { part in
                Route("GET", "/page/\(part.file.name)", .open) {
                    $0.writer.send(Self.response(part, to: $0.request.head))
                }
            }
    }

    private func front(for head: HTTPRequestHead) -> HTTPResponse {
        var response =
            Self.wantsHTML(head) ? Self.response(index, to: head) : OriginalRoutes.greeting
        response.headers.add("Vary", "Accept")
        return response
    }

    private static func response(_ part: Part, to head: HTTPRequestHead) -> HTTPResponse {
        if has(part.tag, head) { return HTTPResponse(status: 304, headers: part.headers) }
        return HTTPResponse(status: 200, headers: part.headers, body: part.file.bytes)
    }

    /// Whether a client names HTML as something it takes: browsers do, curl does not.
    static func wantsHTML(_ head: HTTPRequestHead) -> Bool {
        list(head, "Accept").contains { entry in
            let fields = entry.split(separator: ";").map { trimmed($0).lowercased() }
            let isRefused = fields.dropFirst().contains {
                $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0
            }
            return fields.first == "text/html" && !isRefused
        }
    }

    /// Whether a client says that it has the file already (RFC 9110 §13.1.2: compared weakly).
    static func has(_ tag: String, _ head: HTTPRequestHead) -> Bool {
        list(head, "If-None-Match").contains { entry in
            let entry = trimmed(entry)
            return entry == "*" || entry == tag || entry == "W/" + tag
        }
    }

    /// The entries of a list that may be spread over several header fields.
    private static func list(_ head: HTTPRequestHead, _ name: String) -> [Substring] {
        head.headers.all(name).flatMap { $0.split(separator: ",") }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(String(text.drop(while: isBlank)).reversed().drop(while: isBlank).reversed())
    }
}
