import Crypto
import Foundation
import TestSupport
import Testing

@Suite struct TLSContextTests {
    func path(_ name: String) -> String { fixture("tls/\(name)").path }

    @Test(arguments: [
        ("one.pem", "two.key", "key values mismatch"),
        ("one.pem", "rsa.key", "match the private key"),
        ("one.key", "one.key", "use the certificates"),
        ("one.pem", "one.pem", "use the private key"), ("one.pem", "locked.key", "private key"),
        ("none.pem", "one.key", "use the certificates"), ("one.pem", "none.key", "private key"),
    ])
    func whatCannotBeShownIsRefusedByName(chain: String, key: String, reason: String) {
        let error = #expect(throws: CryptoError.self) {
            try TLSContext([TLSContext.Identity(chain: path(chain), key: path(key))])
        }
        let sentence = "\(error.map(String.init(describing:)) ?? "")"
        #expect(sentence.contains(reason), "\(sentence)")
        #expect(sentence.contains(chain) || sentence.contains(key))
    }

    @Test func oneBadCertificateAmongGoodOnesIsRefused() {
        let good = TLSContext.Identity(chain: path("one.pem"), key: path("one.key"))
        let bad = TLSContext.Identity(chain: path("one.pem"), key: path("two.key"))
        #expect(throws: Never.self) { try TLSContext([good, good]) }
        #expect(throws: CryptoError.self) { try TLSContext([good, bad]) }
    }
}
