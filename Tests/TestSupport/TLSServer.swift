import COpenSSL
import Foundation

/// A server's side of TLS on a blocking socket.
public final class TLSServer {
    /// Files in PEM.
    public struct Identity: Sendable {
        let chain: String
        let key: String

        public init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    public struct Refused: Error {}

    private let context: OpaquePointer
    private let connection: OpaquePointer

    /// Waits for the client's greeting, and answers it.
    init(_ descriptor: Int32, _ identity: Identity) throws {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw Refused() }
        guard dixie_ssl_use_chain(context, identity.chain) == 1,
            SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1,
            let connection = SSL_new(context)
        else {
            SSL_CTX_free(context)
            throw Refused()
        }
        self.context = context
        self.connection = connection
        SSL_set_fd(connection, descriptor)
        guard SSL_accept(connection) == 1 else { throw Refused() }
    }

    deinit {
        SSL_free(connection)
        SSL_CTX_free(context)
    }

    /// - Returns: how many bytes came; 0 at the end.
    func read(_ piece: inout [UInt8]) -> Int {
        ERR_clear_error()
        var count = 0
        return SSL_read_ex(connection, &piece, piece.count, &count) == 1 ? count : 0
    }

    /// - Returns: how many bytes were taken; 0 where the client has gone.
    func write(_ bytes: ArraySlice<UInt8>) -> Int {
        ERR_clear_error()
        var count = 0
        _ = bytes.withUnsafeBytes { SSL_write_ex(connection, $0.baseAddress, $0.count, &count) }
        return count
    }
}
