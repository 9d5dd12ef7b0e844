import COpenSSL

/// One certificate, which goes with this.
///
/// @unchecked Sendable because nothing changes it, and OpenSSL locks what it works out of it later.
final class Certificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameter pointer: an `X509` that nobody else frees.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// Reads the certificates of a text in PEM; what stands between them is passed over.
    ///
    /// - Parameters:
    ///   - pem: the text.
    ///   - limit: how many there may be.
    /// - Returns: at least one, in their order.
    /// - Throws: `CertificateError.unreadable`, also if only one of them is damaged, and `.tooMany`.
    static func read(_ pem: [UInt8], atMost limit: Int) throws(CertificateError) -> [Certificate] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let count = Int32(exactly: pem.count), count > 0, let text = BIO_new(BIO_s_mem())
        else { throw .unreadable }
        defer { BIO_free(text) }
        guard BIO_write(text, pem, count) == count else { throw .unreadable }
        var certificates: [Certificate] = []
        // One that is locked is refused, where OpenSSL would ask for the passphrase on the terminal.
        while let next = PEM_read_bio_X509(text, nil, { _, _, _, _ in -1 }, nil) {
            certificates.append(Certificate(owning: next))
            guard certificates.count <= limit else { throw .tooMany(limit: limit) }
        }
        // The end of the text is said in this way too.
        guard ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE, !certificates.isEmpty
        else { throw .unreadable }
        return certificates
    }
}
