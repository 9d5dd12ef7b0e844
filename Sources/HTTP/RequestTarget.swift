/// What a request asks for: origin-form, absolute-form, or `*` (RFC 9112, section 3.2).
struct RequestTarget: Equatable {
    /// Percent-decoded; "*" for the whole server.
    var path: String
    /// As it was sent.
    var query: String?
    /// Of an absolute-form: it counts instead of `Host`.
    var authority: HostHeader?

    init(_ bytes: ArraySlice<UInt8>, method: String) throws(RequestError) {
        if bytes.elementsEqual("*".utf8) {
            guard method == "OPTIONS" else { throw .malformedTarget }
            path = "*"
            return
        }
        var rest = bytes
        if let scheme = ["http://", "https://"].first(where: {
            bytes.prefix($0.utf8.count).isSame(as: $0)
        }) {
            rest = bytes.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            rest = rest[authority.endIndex...]
            let text = Substring(decoding: authority, as: UTF8.self)
            guard let host = HostHeader(text.utf8) else { throw .malformedTarget }
            self.authority = host
            if rest.first != UInt8(ascii: "/") { rest = [UInt8(ascii: "/")] + rest }
        }
        // A fragment stays with the client (RFC 3986, section 3.5), and may hide a path from
        // whoever checked it before us.
        guard rest.first == UInt8(ascii: "/"), !rest.contains(UInt8(ascii: "#")) else {
            throw .malformedTarget
        }
        let raw = rest.prefix { $0 != UInt8(ascii: "?") }
        if raw.endIndex < rest.endIndex {
            query = String(decoding: rest[(raw.endIndex + 1)...], as: UTF8.self)
        }
        path = try Self.decoded(raw)
    }

    private static func decoded(_ raw: ArraySlice<UInt8>) throws(RequestError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var rest = raw
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexadecimalValue,
                let low = rest.popFirst()?.hexadecimalValue
            else { throw .malformedTarget }
            bytes.append(high << 4 | low)
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            let path = String(validating: bytes, as: UTF8.self)
        else { throw .malformedTarget }
        // After decoding, so that no encoding of it slips through; a backslash is a slash to some.
        let segments = bytes.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        guard !segments.contains(where: { $0.elementsEqual("..".utf8) }) else {
            throw .traversal
        }
        return path
    }
}
