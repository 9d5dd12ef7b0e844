import Crypto
import Foundation
import TestSupport

/// `Fixtures/tls`: for one.test and for two.test, both for 127.0.0.1.
enum TestCertificates: String {
    case one, two

    static func context(_ certificates: Self...) throws -> TLSContext {
        try TLSContext(
            certificates.map {
                TLSContext.Identity(
                    chain: fixture("tls/\($0).pem").path, key: fixture("tls/\($0).key").path)
            })
    }
}
