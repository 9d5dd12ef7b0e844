import COpenSSL
import Foundation

/// What a server shows its clients: certificates with their keys, and how it speaks TLS with them.
///
/// TLS 1.2 and 1.3 with the ciphers and curves of Mozilla's intermediate level, the forward secret and
/// authenticated ones; HTTP/1.1 where a client asks what is spoken.
///
/// @unchecked Sendable because OpenSSL's contexts may be shared by threads once they are set up, and
/// nothing changes them after `init`.
public final class TLSContext: @unchecked Sendable {
    /// A chain of certificates and the private key of its first.
    public struct Identity: Sendable, Equatable {
        public var chain: String
        public var key: String

        /// - Parameters:
        ///   - chain: a file in PEM, the server's own certificate first.
        ///   - key: a file in PEM, not locked by a passphrase.
        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// One for each identity; the first is shown to who asks for no name, or for none that is there.
    private let contexts: [OpaquePointer]

    /// - Parameter identities: one or more.
    /// - Throws: `CryptoError` for the first that cannot be shown.
    public init(_ identities: [Identity]) throws(CryptoError) {
        precondition(!identities.isEmpty, "a server shows a certificate")
        var contexts: [OpaquePointer] = []
        do throws(CryptoError) {
            for identity in identities { contexts.append(try Self.context(of: identity)) }
        } catch {
            contexts.forEach(SSL_CTX_free)
            throw error
        }
        self.contexts = contexts
        // The first is what connections begin with; it outlives them, as their streams hold on to this.
        dixie_ssl_on_server_name(
            contexts[0],
            { connection, _, context in
                guard let connection, let context else { return SSL_TLSEXT_ERR_NOACK }
                return Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue()
                    .choose(for: connection)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { contexts.forEach(SSL_CTX_free) }

    /// A new connection's part of the protocol.
    ///
    /// - Throws: `CryptoError.library` where there is no memory.
    func newConnection() throws(CryptoError) -> OpaquePointer {
        ERR_clear_error()
        guard let connection = SSL_new(contexts[0]) else {
            throw .lastOfLibrary(doing: "begin a connection")
        }
        SSL_set_accept_state(connection)
        return connection
    }

    /// Shows the certificate that is for the name a client asks for.
    private func choose(for connection: OpaquePointer) -> Int32 {
        guard let name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name) else {
            return SSL_TLSEXT_ERR_NOACK
        }
        let match = contexts.first {
            SSL_CTX_get0_certificate($0).map { dixie_certificate_is_for($0, name) != 0 } ?? false
        }
        // Who asks for a name that is not there sees for itself that the certificate is another's.
        guard let match, SSL_set_SSL_CTX(connection, match) != nil else {
            return SSL_TLSEXT_ERR_NOACK
        }
        return SSL_TLSEXT_ERR_OK
    }
}

// MARK: - Setting up

extension TLSContext {
    private static func context(of identity: Identity) throws(CryptoError) -> OpaquePointer {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .lastOfLibrary(doing: "set up TLS")
        }
        do throws(CryptoError) {
            guard dixie_ssl_set_up(context, ciphers, "X25519:P-256:P-384") == 1 else {
                throw .lastOfLibrary(doing: "set up TLS")
            }
            SSL_CTX_set_alpn_select_cb(context, selectHTTP11, nil)
            try show(identity, context)
            return context
        } catch {
            SSL_CTX_free(context)
            throw error
        }
    }

    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    private static func show(_ identity: Identity, _ context: OpaquePointer) throws(CryptoError) {
        // A key that is locked is refused, where OpenSSL would ask for the passphrase on the terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in 0 }
        guard dixie_ssl_use_chain(context, identity.chain) == 1 else {
            throw .lastOfLibrary(doing: "use the certificates of \(identity.chain)")
        }
        guard SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1 else {
            throw .lastOfLibrary(doing: "use the private key of \(identity.key)")
        }
        // A key of the certificate's kind has been compared already, one of another kind not.
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw .lastOfLibrary(doing: "match the private key of \(identity.key)")
        }
    }
}

/// RFC 7301: of the protocols a client offers, each behind its length, HTTP/1.1 or none.
private func selectHTTP11(
    _: OpaquePointer?, chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    chosenCount: UnsafeMutablePointer<UInt8>?, offered: UnsafePointer<UInt8>?, count: UInt32,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    let offers = UnsafeBufferPointer(start: offered, count: Int(count))
    var next = 0
    while next < offers.count {
        let name = offers[(next + 1)...].prefix(Int(offers[next]))
        if name.elementsEqual("http/1.1".utf8) {
            chosen?.pointee = offered.map { $0 + name.startIndex }
            chosenCount?.pointee = offers[next]
            return SSL_TLSEXT_ERR_OK
        }
        next = name.endIndex
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
