import COpenSSL

/// The encrypted side of one connection that a client has opened: bytes go through it to a non-blocking
/// socket and come from there.
///
/// Not thread-safe: one owner reads and writes. The handshake goes on along the way, by whichever is
/// called first.
public final class TLSStream {
    /// What came of reading or writing.
    public enum Outcome: Equatable {
        case bytes(Int)
        /// To be called again when there is something to read on the socket.
        case waitsToRead
        /// To be called again when the socket has room.
        case waitsToWrite
        /// The other end has said that nothing more comes, or has closed its side.
        case end
        /// The socket or the other end has failed; nothing more can be done.
        case failed(reason: String)
    }

    private let connection: OpaquePointer
    /// OpenSSL's connections refer to their context, and that to this.
    private let context: TLSContext
    private var hasFailed = false

    /// - Parameters:
    ///   - context: what is shown to the client.
    ///   - descriptor: an open, non-blocking socket, owned by the caller.
    /// - Throws: `CryptoError.library` where there is no memory.
    public init(_ context: TLSContext, descriptor: Int32) throws(CryptoError) {
        let connection = try context.newConnection()
        guard SSL_set_fd(connection, descriptor) == 1 else {
            SSL_free(connection)
            throw .lastOfLibrary(doing: "use a socket")
        }
        self.context = context
        self.connection = connection
    }

    deinit { SSL_free(connection) }

    /// Whether the handshake is over, so that bytes can pass.
    public var isOpen: Bool { SSL_is_init_finished(connection) == 1 }

    /// Reads what there is.
    ///
    /// - Parameter buffer: not empty.
    /// - Returns: what came of it.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        attempt { SSL_read_ex(connection, buffer.baseAddress, buffer.count, &$0) }
    }

    /// Writes some of the bytes, or all of them.
    ///
    /// - Parameter buffer: not empty; after `waitsToWrite` or `waitsToRead` the same bytes, or more, are
    ///   to be written next.
    /// - Returns: what came of it.
    public func write(_ buffer: UnsafeRawBufferPointer) -> Outcome {
        attempt { SSL_write_ex(connection, buffer.baseAddress, buffer.count, &$0) }
    }

    /// Says that nothing more will be written, as far as the socket takes it.
    public func close() {
        guard !hasFailed, isOpen else { return }
        ERR_clear_error()
        SSL_shutdown(connection)
    }

    private func attempt(_ body: (inout Int) -> Int32) -> Outcome {
        guard !hasFailed else { return .failed(reason: "the connection has failed before") }
        // What is left of another connection's failure on this thread would be taken for this one's.
        ERR_clear_error()
        var count = 0
        let status = body(&count)
        if status == 1 { return .bytes(count) }
        switch SSL_get_error(connection, status) {
        case SSL_ERROR_WANT_READ: return .waitsToRead
        case SSL_ERROR_WANT_WRITE: return .waitsToWrite
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            // After these nothing may be said on the connection any more, not even farewell.
            hasFailed = true
            let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) }
            ERR_clear_error()
            return .failed(reason: reason ?? "the socket has failed")
        }
    }
}
