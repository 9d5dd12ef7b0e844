import COpenSSL

/// The certificates that are believed by themselves, to which the chains of others must lead.
///
/// @unchecked Sendable because OpenSSL locks its stores, and nothing is added after `init`.
public final class TrustedRoots: @unchecked Sendable {
    let store: OpaquePointer

    private init(store: OpaquePointer) { self.store = store }

    deinit { X509_STORE_free(store) }

    /// Those of the system, from where its OpenSSL looks for them; the variables `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR` name other places.
    ///
    /// - Throws: `CryptoError.library` where there is no memory.
    public static func system() throws(CryptoError) -> TrustedRoots {
        let roots = try empty()
        guard X509_STORE_set_default_paths(roots.store) == 1 else {
            throw .lastOfLibrary(doing: "find the system's certificates")
        }
        return roots
    }

    /// Those of a text.
    ///
    /// - Parameter pem: one or more.
    /// - Returns: these and no others.
    /// - Throws: `CryptoError.library` for what are none.
    public static func of(pem: [UInt8]) throws(CryptoError) -> TrustedRoots {
        let roots = try empty()
        let certificates: [Certificate]
        do {
            certificates = try Certificate.read(pem, atMost: 1000)
        } catch {
            throw .library(operation: "read the trusted certificates", reason: "\(error)")
        }
        for certificate in certificates {
            // The store takes a reference of its own.
            guard X509_STORE_add_cert(roots.store, certificate.pointer) == 1 else {
                throw .lastOfLibrary(doing: "keep a trusted certificate")
            }
        }
        return roots
    }

    private static func empty() throws(CryptoError) -> TrustedRoots {
        ERR_clear_error()
        guard let store = X509_STORE_new() else {
            throw .lastOfLibrary(doing: "keep trusted certificates")
        }
        return TrustedRoots(store: store)
    }
}
