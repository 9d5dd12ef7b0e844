import COpenSSL
import Foundation

/// A client's side of TLS on a blocking socket.
public final class TLSClient {
    /// What a client asks for.
    public struct Wishes: Sendable {
        /// The server's name; nil to ask for none.
        public var name: String?
        /// What it speaks, such as "http/1.1"; none to say nothing of it.
        public var protocols: [String] = []
        /// TLS 1.0 is 0x301, 1.1 0x302 and so on.
        public var newestVersion = TLS1_3_VERSION
        public var oldestVersion = TLS1_VERSION

        public init() {}
    }

    public struct Refused: Error {}

    private let context: OpaquePointer
    private let connection: OpaquePointer

    /// Greets the server, and believes whatever it shows.
    public init(_ descriptor: Int32, _ wishes: Wishes) throws {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()), let connection = SSL_new(context)
        else { throw Refused() }
        self.context = context
        self.connection = connection
        // Or old versions would not be asked for in the first place.
        SSL_set_cipher_list(connection, "ALL:@SECLEVEL=0")
        dixie_ssl_limit(connection, wishes.oldestVersion, wishes.newestVersion)
        if let name = wishes.name { dixie_ssl_ask_for(connection, name) }
        let protocols = wishes.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty {
            SSL_set_alpn_protos(connection, protocols, UInt32(protocols.count))
        }
        SSL_set_fd(connection, descriptor)
        guard SSL_connect(connection) == 1 else { throw Refused() }
    }

    deinit {
        SSL_free(connection)
        SSL_CTX_free(context)
    }

    /// Whom the certificate that was shown is for.
    public var serverName: String {
        guard let certificate = SSL_get0_peer_certificate(connection) else { return "" }
        var name = [CChar](repeating: 0, count: 256)
        X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate), NID_commonName, &name, Int32(name.count))
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// What both speak, as the server says.
    public var chosenProtocol: String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(connection, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// - Returns: how many bytes came; 0 at the end, -1 where nothing came in time.
    func read(into buffer: inout [UInt8]) -> Int {
        ERR_clear_error()
        var count = 0
        if SSL_read_ex(connection, &buffer, buffer.count, &count) == 1 { return count }
        return SSL_get_error(connection, 0) == SSL_ERROR_WANT_READ ? -1 : 0
    }

    /// - Returns: how many bytes were taken; 0 where the server has gone.
    func write(_ bytes: ArraySlice<UInt8>) -> Int {
        ERR_clear_error()
        var count = 0
        _ = bytes.withUnsafeBytes { SSL_write_ex(connection, $0.baseAddress, $0.count, &count) }
        return count
    }

    func endSending() { SSL_shutdown(connection) }
}
