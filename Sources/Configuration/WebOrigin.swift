/// A web origin: where a page in a browser comes from.
enum WebOrigin {
    /// Whether a text is an origin as browsers write it: scheme, host and perhaps a port, in small
    /// letters, and nothing after.
    static func isOne(_ text: String) -> Bool {
        guard let colon = text.firstRange(of: "://"), colon.lowerBound > text.startIndex else {
            return false
        }
        let scheme = text[..<colon.lowerBound].utf8
        let authority = text[colon.upperBound...].utf8
        let isAllowed = { (byte: UInt8, more: String) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || more.utf8.contains(byte)
        }
        // A browser leaves the usual port out.
        let usual = [("http", ":80"), ("https", ":443")].contains {
            text.hasPrefix($0 + "://") && text.hasSuffix($1)
        }
        return !authority.isEmpty && !usual && !text.hasSuffix(":")
            && scheme.allSatisfy { isAllowed($0, "+-.") }
            && authority.allSatisfy { isAllowed($0, "-._:[]") }
    }
}
