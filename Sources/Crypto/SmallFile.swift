import COpenSSL
import Foundation

/// A file that is small enough for memory, such as a certificate, fetched over HTTPS by OpenSSL's own
/// client: a server that needs one once a day need not carry a larger one.
public enum SmallFile {
    /// Fetches one in one attempt, from the very address: no redirect is followed. Where the environment
    /// names a proxy (`https_proxy`, `no_proxy`), it leads through that one.
    ///
    /// Blocks until it is there or has failed, which takes a second more than `seconds` at most, and what
    /// the system takes to look up the host.
    ///
    /// - Parameters:
    ///   - host: whose it is, and whom the server's certificate must name.
    ///   - port: where it is served.
    ///   - path: beginning with a slash, in printable ASCII.
    ///   - roots: to which the server's certificate must lead.
    ///   - byteCount: how long the file may be.
    ///   - seconds: how long it may take; at least 1.
    /// - Returns: its bytes.
    /// - Throws: `CryptoError.library`, in which nothing stands that the server has sent.
    public static func fetch(
        host: String, port: Int = 443, path: String, roots: TrustedRoots, atMost byteCount: Int,
        within seconds: Int
    ) throws(CryptoError) -> [UInt8] {
        precondition(
            path.utf8.first == UInt8(ascii: "/")
                && path.utf8.allSatisfy { (0x21...0x7e).contains($0) },
            "a path goes into the request as it is")
        let operation = "fetch a file of \(host)"
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .lastOfLibrary(doing: operation)
        }
        defer { SSL_CTX_free(context) }
        dixie_ssl_believe(context, roots.store)
        // OpenSSL keeps the pointers until the connection is closed.
        guard let name = strdup(host), let number = strdup("\(port)") else {
            throw .library(operation: operation, reason: "there is no memory")
        }
        defer {
            free(name)
            free(number)
        }
        let end = time(nil) + max(1, seconds)
        var peer = dixie_peer(context: context, host: name, port: number, end: end)
        return try withUnsafeMutablePointer(to: &peer) { peer throws(CryptoError) in
            guard
                let connection = OSSL_HTTP_open(
                    name, number, nil, nil, 1, nil, nil, dixie_speak_tls, peer, 0, left(until: end))
            else { throw .lastOfLibrary(doing: operation) }
            var isWhole = false
            defer { OSSL_HTTP_close(connection, isWhole ? 1 : 0) }
            guard
                OSSL_HTTP_set1_request(
                    connection, path, nil, nil, nil, nil, 0, byteCount, left(until: end), 0) == 1,
                let body = OSSL_HTTP_exchange(connection, nil)
            else { throw .lastOfLibrary(doing: operation) }
            defer { BIO_free(body) }
            // 0 where the server does not say.
            let length = OSSL_HTTP_REQ_CTX_get_resp_len(connection)
            let bytes = try read(
                body, length: length == 0 ? nil : length, atMost: byteCount, until: end,
                doing: operation)
            isWhole = true
            return bytes
        }
    }

    /// As OpenSSL takes it, where 0 would be no limit.
    private static func left(until end: time_t) -> Int32 {
        Int32(clamping: max(1, end - time(nil)))
    }

    /// Reads a body of known length, or else to the end, which TLS must say: where it only breaks off,
    /// there may have been more.
    private static func read(
        _ body: OpaquePointer, length: Int?, atMost byteCount: Int, until end: time_t,
        doing operation: String
    ) throws(CryptoError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count < length ?? .max {
            let wanted = min(piece.count, (length ?? .max) - bytes.count)
            let count = Int(BIO_read(body, &piece, Int32(wanted)))
            if count > 0 {
                bytes += piece[..<count]
                guard bytes.count <= byteCount else {
                    throw .library(
                        operation: operation, reason: "it has more than \(byteCount) bytes")
                }
            } else if BIO_test_flags(body, BIO_FLAGS_SHOULD_RETRY) == 0 {
                guard ERR_peek_error() == 0 else { throw .lastOfLibrary(doing: operation) }
                guard length == nil else {
                    throw .library(
                        operation: operation,
                        reason: "\(bytes.count) of its \(length ?? 0) bytes came")
                }
                return bytes
            }
            // Also where the source dribbles.
            guard time(nil) < end, count > 0 || BIO_wait(body, end, 10) > 0 else {
                ERR_clear_error()
                throw .library(operation: operation, reason: "it took too long")
            }
        }
        return bytes
    }
}
