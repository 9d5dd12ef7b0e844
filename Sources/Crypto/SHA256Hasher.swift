import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
///
/// Not thread-safe: one owner feeds it.
public final class SHA256Hasher {
    private let context: OpaquePointer

    public init() throws(CryptoError) {
        guard let context = EVP_MD_CTX_new() else { throw .lastOfLibrary(doing: "start a hash") }
        self.context = context
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw .lastOfLibrary(doing: "start a hash")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in the next bytes, which may be none.
    public func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
        try update(bytes.baseAddress, byteCount: bytes.count)
    }

    /// Takes in the next bytes, which may be none.
    public func update(_ bytes: [UInt8]) throws(CryptoError) {
        try update(bytes, byteCount: bytes.count)
    }

    func update(_ bytes: UnsafeRawPointer?, byteCount: Int) throws(CryptoError) {
        guard EVP_DigestUpdate(context, bytes, byteCount) == 1 else {
            throw .lastOfLibrary(doing: "hash")
        }
    }

    /// The digest of all bytes taken in so far; more may follow, and be asked about again.
    public func finalize() throws(CryptoError) -> SHA256Digest {
        // Finishing spoils a context, so a copy is finished.
        guard let copy = EVP_MD_CTX_new() else { throw .lastOfLibrary(doing: "finish a hash") }
        defer { EVP_MD_CTX_free(copy) }
        var bytes = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        guard EVP_MD_CTX_copy_ex(copy, context) == 1,
            EVP_DigestFinal_ex(copy, &bytes, nil) == 1
        else { throw .lastOfLibrary(doing: "finish a hash") }
        return SHA256Digest(checked: bytes)
    }
}
