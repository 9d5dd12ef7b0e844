import COpenSSL

/// OpenSSL as a whole.
public enum CryptoLibrary {
    /// Keeps it whole until the process is gone. Otherwise `exit` takes it down while other threads go on,
    /// and one that begins a hash then ends the process by a signal.
    ///
    /// To be called before anything else of this room; later, and it changes nothing.
    public static func outliveExit() {
        // Without this, the first use of the library would do the same, and it cannot fail otherwise.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
