/// `method SP request-target SP HTTP-version` (RFC 9112, section 3).
struct RequestLine: Equatable {
    var method: String
    /// Printable ASCII, as it was sent.
    var target: ArraySlice<UInt8>
    var version: Version

    struct Version: Equatable {
        var major: UInt8
        var minor: UInt8

        static let http10 = Version(major: 1, minor: 0)
        static let http11 = Version(major: 1, minor: 1)
    }

    init(_ line: [UInt8]) throws(RequestError) {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isToken, !parts[1].isEmpty,
            parts[1].allSatisfy(\.isVisible), let version = Version(parts[2])
        else { throw .malformedLine(.request) }
        method = String(decoding: parts[0], as: UTF8.self)
        target = parts[1]
        self.version = version
    }
}

extension RequestLine.Version {
    /// `HTTP/` DIGIT `.` DIGIT, in capitals.
    init?(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[5].isDigit,
            bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { return nil }
        self.init(major: bytes[5] - 0x30, minor: bytes[7] - 0x30)
    }
}
