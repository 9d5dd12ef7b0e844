import COpenSSL
import Foundation

/// Signs with a private key of the fixtures.
public final class TestSigner: @unchecked Sendable {
    // Sendable because nothing changes the key.

    public enum Digest: Sendable { case sha256, sha1 }
    public enum Padding: Sendable { case pkcs1, pss }

    public struct CannotSign: Error {}

    private let key: OpaquePointer

    /// - Parameter path: a key in PEM, of RSA or an elliptic curve.
    /// - Throws: `CannotSign` for what is no key.
    public init(_ path: String) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        guard let text = BIO_new(BIO_s_mem()) else { throw CannotSign() }
        defer { BIO_free(text) }
        BIO_write(text, bytes, Int32(bytes.count))
        guard let key = PEM_read_bio_PrivateKey(text, nil, nil, nil) else { throw CannotSign() }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// The signature of `bytes`.
    public func sign(
        _ bytes: [UInt8], _ digest: Digest = .sha256, _ padding: Padding = .pkcs1
    ) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw CannotSign() }
        defer { EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        let function = digest == .sha256 ? EVP_sha256() : EVP_sha1()
        guard EVP_DigestSignInit(context, &keyContext, function, nil, key) == 1 else {
            throw CannotSign()
        }
        if padding == .pss {
            guard EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1 else {
                throw CannotSign()
            }
        }
        var count = 0
        guard EVP_DigestSign(context, nil, &count, bytes, bytes.count) == 1 else {
            throw CannotSign()
        }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1 else {
            throw CannotSign()
        }
        return Array(signature.prefix(count))
    }
}
