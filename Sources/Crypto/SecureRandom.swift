import COpenSSL

/// Bytes nobody can predict, from OpenSSL's generator.
public enum SecureRandom {
    /// `count` bytes; none when that is 0 or fewer.
    public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        guard count > 0 else { return [] }
        guard let length = Int32(exactly: count) else {
            throw .library(operation: "draw \(count) random bytes", reason: "too many at once")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, length) == 1 else {
            throw .lastOfLibrary(doing: "draw random bytes")
        }
        return bytes
    }

    /// A name for a request or a session: two lower-case hex digits a byte. With the default of
    /// 16 bytes none comes twice, and none can be guessed.
    public static func identifier(byteCount: Int = 16) throws(CryptoError) -> String {
        encodeHexadecimal(try bytes(byteCount))
    }
}
