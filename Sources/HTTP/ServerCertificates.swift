import Crypto
import Synchronization

/// What a port for HTTPS shows to those who connect from now on; connections that are open keep what
/// they have been shown.
public final class ServerCertificates: Sendable {
    private let context: Mutex<TLSContext>

    public init(_ context: TLSContext) { self.context = Mutex(context) }

    public func replace(_ context: TLSContext) { self.context.withLock { $0 = context } }

    /// - Throws: `CryptoError` where there is no memory.
    func stream(on descriptor: Int32) throws(CryptoError) -> TLSStream {
        try TLSStream(context.withLock { $0 }, descriptor: descriptor)
    }
}
