/// The 32 bytes of a SHA-256. Two are compared in constant time, so that one may be the hash of a
/// secret.
public struct SHA256Digest: Hashable, Sendable {
    public static let byteCount = 32

    /// Always `byteCount` of them.
    public let bytes: [UInt8]

    init(checked bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameter bytes: the digest itself; nil comes back unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// - Parameter hexadecimal: 64 hex digits of either case; nil comes back for anything else.
    public init?(hexadecimal: some StringProtocol) {
        guard let bytes = decodeHexadecimal(hexadecimal) else { return nil }
        self.init(bytes: bytes)
    }

    /// The digest of `bytes`.
    public init(hashing bytes: [UInt8]) throws(CryptoError) {
        let hasher = try SHA256Hasher()
        try hasher.update(bytes)
        self = try hasher.finalize()
    }

    /// The digest of a text's UTF-8.
    public init(hashing text: String) throws(CryptoError) {
        try self.init(hashing: Array(text.utf8))
    }

    /// The digest of a whole file, read in pieces.
    public init(hashingFile path: String) throws(CryptoError) {
        let hasher = try SHA256Hasher()
        try hasher.update(file: path)
        self = try hasher.finalize()
    }

    /// 64 lower-case hex digits.
    public var hexadecimal: String { encodeHexadecimal(bytes) }

    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        isEqualInConstantTime(left.bytes, right.bytes)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension SHA256Digest: CustomStringConvertible {
    public var description: String { hexadecimal }
}
