import COpenSSL
import Foundation

/// A certificate by whose key something was signed, with those that lead from it to a root.
public final class CertificateChain: Sendable {
    /// How many certificates there may be.
    public static let mostCertificates = 10

    private let leaf: Certificate
    private let others: [Certificate]

    /// - Parameter pem: the signer's own certificate first, the others in any order.
    /// - Throws: `CertificateError.unreadable` or `.tooMany`.
    public init(pem: [UInt8]) throws(CertificateError) {
        let certificates = try Certificate.read(pem, atMost: Self.mostCertificates)
        // There is one, or reading would have thrown.
        leaf = certificates[0]
        others = Array(certificates.dropFirst())
    }

    /// Checks that the first certificate is valid now, names `host` among its alternative names (letter
    /// for letter: neither a wildcard nor the common name will do), has an RSA key that may sign, and
    /// leads to a root by signatures of at least 112 bits of security.
    ///
    /// - Parameters:
    ///   - host: whose it must be.
    ///   - roots: what is believed.
    ///   - time: now, in seconds since 1970.
    /// - Returns: the seconds for which all of that holds, by the dates of the certificates on the way.
    /// - Throws: `CertificateError`.
    public func verify(
        host: String, roots: TrustedRoots, at time: Int
    ) throws(CertificateError) -> ClosedRange<Int> {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let noMemory = CertificateError.untrusted(reason: "there is no memory to look at it")
        guard let context = X509_STORE_CTX_new() else { throw noMemory }
        defer { X509_STORE_CTX_free(context) }
        guard let untrusted = OPENSSL_sk_new_null() else { throw noMemory }
        defer { OPENSSL_sk_free(untrusted) }
        for other in others { OPENSSL_sk_push(untrusted, UnsafeRawPointer(other.pointer)) }
        guard X509_STORE_CTX_init(context, roots.store, leaf.pointer, untrusted) == 1,
            let parameters = X509_STORE_CTX_get0_param(context),
            X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1,
            X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER) == 1
        else { throw noMemory }
        X509_VERIFY_PARAM_set_hostflags(
            parameters,
            UInt32(X509_CHECK_FLAG_NO_WILDCARDS) | UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        X509_VERIFY_PARAM_set_time(parameters, time)
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        X509_VERIFY_PARAM_set_depth(parameters, Int32(Self.mostCertificates))
        guard X509_verify_cert(context) == 1 else {
            let code = Int(X509_STORE_CTX_get_error(context))
            throw .untrusted(reason: String(cString: X509_verify_cert_error_string(code)))
        }
        guard X509_check_ca(leaf.pointer) == 0 else { throw .authority }
        guard X509_get_key_usage(leaf.pointer) & UInt32(KU_DIGITAL_SIGNATURE) != 0, key != nil
        else { throw .notForSigning }
        guard let times = Self.times(of: X509_STORE_CTX_get0_chain(context)), times.contains(time)
        else { throw .untrusted(reason: "its dates cannot be read") }
        return times
    }

    /// Whether `signature` is that of `bytes` by the first certificate's key: RSASSA-PKCS1-v1_5 with
    /// SHA-256 (RFC 8017).
    public func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let key, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
    }

    /// The first certificate's key, if it is one of RSA.
    private var key: OpaquePointer? {
        guard let key = X509_get0_pubkey(leaf.pointer),
            EVP_PKEY_get_base_id(key) == NID_rsaEncryption
        else { return nil }
        return key
    }

    /// From the latest beginning to the earliest end of a stack of certificates.
    private static func times(of chain: OpaquePointer?) -> ClosedRange<Int>? {
        var first = Int.min
        var last = Int.max
        for index in 0..<max(0, OPENSSL_sk_num(chain)) {
            guard let certificate = OPENSSL_sk_value(chain, index).map({ OpaquePointer($0) }),
                let begins = seconds(X509_get0_notBefore(certificate)),
                let ends = seconds(X509_get0_notAfter(certificate))
            else { return nil }
            first = max(first, begins)
            last = min(last, ends)
        }
        return first <= last ? first...last : nil
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int? {
        var calendar = tm()
        guard let time, ASN1_TIME_to_tm(time, &calendar) == 1 else { return nil }
        return timegm(&calendar)
    }
}
