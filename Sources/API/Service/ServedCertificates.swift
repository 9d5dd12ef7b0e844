import Configuration
import Crypto

extension ServerConfiguration.TLS {
    /// What clients are shown.
    ///
    /// - Throws: `CryptoError` for the first certificate that cannot be.
    func context() throws(CryptoError) -> TLSContext {
        try TLSContext(certificates.map(\.identity))
    }
}

extension ServerConfiguration.TLS.Certificate {
    fileprivate var identity: TLSContext.Identity {
        TLSContext.Identity(chain: certificate, key: key)
    }

    /// Why it cannot be shown; nil when it can.
    var problem: String? {
        do {
            _ = try TLSContext([identity])
            return nil
        } catch {
            return "\(error)"
        }
    }
}
