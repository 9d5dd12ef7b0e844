/// Where a request says that the certificates of its signature are, which only Amazon can have put there:
/// `https://s3.amazonaws.com/echo.api/…`.
struct AlexaCertificateAddress: Hashable, Sendable {
    /// Without detours, so that one file has one address.
    let path: String

    /// - Parameter text: a header's value; nil comes back where Amazon does not keep its certificates.
    init?(_ text: String) {
        guard text.utf8.count <= 512, let colon = text.firstRange(of: "://"),
            text[..<colon.lowerBound].lowercased() == "https"
        else { return nil }
        let rest = text[colon.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        // A name, a number and nothing else: no user, no other host that begins or ends like it.
        let authority = rest[..<slash].lowercased()
        guard [Self.host, Self.host + ":443"].contains(authority) else { return nil }
        guard let parts = Self.parts(rest[slash...]), parts.count > 1, parts[0] == "echo.api" else {
            return nil
        }
        path = "/" + parts.joined(separator: "/")
    }

    static let host = "s3.amazonaws.com"

    /// The parts of a path after all `.` and `..` are followed; nil where they lead out, or something is
    /// empty or could be read in two ways.
    private static func parts(_ path: Substring) -> [Substring]? {
        guard path.utf8.allSatisfy({ isPlain($0) }) else { return nil }
        var parts: [Substring] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            switch part {
            case "": return nil
            case ".": continue
            case "..": if parts.popLast() == nil { return nil }
            default: parts.append(part)
            }
        }
        return parts
    }

    /// RFC 3986's unreserved characters and the slash: no escapes, no query.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
