import Crypto
import Foundation
import TestSupport
import Testing

@Suite struct CertificateChainTests {
    static let host = "echo-api.amazon.com"
    /// Some time in 2026.
    static let now = 1_780_000_000

    private func pem(_ names: String...) throws -> [UInt8] {
        try names.flatMap { Array(try Data(contentsOf: fixture("alexa/\($0).pem"))) }
    }

    private func roots() throws -> TrustedRoots { try .of(pem: pem("root")) }

    @discardableResult
    private func verify(
        _ pem: [UInt8], host: String = Self.host, at time: Int = Self.now
    ) throws -> ClosedRange<Int> {
        try CertificateChain(pem: pem).verify(host: host, roots: roots(), at: time)
    }

    @Test func aGoodChainHoldsForItsDates() throws {
        let times = try verify(pem("good", "intermediate"))
        #expect(times == 1_577_836_800...4_733_510_400)
        // With the root in it, in another order, and for a host in other letters.
        try verify(pem("good", "root", "other-root", "intermediate"))
        try verify(pem("several", "intermediate"), host: "ECHO-api.amazon.com")
        let signer = try TestSigner(fixture("alexa/leaf.key").path)
        let bytes = Array("what is signed".utf8)
        let chain = try CertificateChain(pem: pem("good"))
        #expect(chain.isSignature(try signer.sign(bytes), of: bytes))
        #expect(chain.isSignature(try signer.sign([]), of: []))
    }

    @Test(arguments: [
        ("expired", "certificate has expired"), ("future", "certificate is not yet valid"),
        ("other-host", "hostname mismatch"), ("suffix", "hostname mismatch"),
        ("prefix", "hostname mismatch"), ("wildcard", "hostname mismatch"),
        ("common-name", "hostname mismatch"), ("address", "hostname mismatch"),
        ("nul", "hostname mismatch"), ("client", "purpose"), ("sha1", "digest algorithm too weak"),
        ("weak", "key too weak"),
    ])
    func whatIsNotToBeTrustedIsRefused(name: String, reason: String) throws {
        let error = #expect(throws: CertificateError.self) {
            try verify(pem(name, "intermediate"))
        }
        let sentence = "\(error.map(String.init(describing:)) ?? "")"
        #expect(sentence.lowercased().contains(reason), "\(sentence)")
    }

    @Test func whatLeadsToNoRootIsRefused() throws {
        for names in [
            ["good"], ["unknown"], ["unknown", "other-root"], ["self"], ["root"],
            ["below-old", "old-intermediate"], ["below-leaf", "good", "intermediate"],
        ] {
            let error = #expect(throws: CertificateError.self, "\(names)") {
                try verify(names.flatMap { try pem($0) })
            }
            guard case .untrusted = error else {
                Issue.record("\(names): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func whatMayNotSignIsRefused() throws {
        for (name, reason) in [
            ("authority", CertificateError.authority), ("enciphers", .notForSigning),
            ("ec", .notForSigning),
        ] {
            #expect(throws: reason) { try verify(pem(name, "intermediate")) }
        }
    }

    @Test func theClockDecides() throws {
        let good = try pem("good", "intermediate")
        try verify(good, at: 1_577_836_800)
        try verify(good, at: 4_733_510_399)
        #expect(throws: CertificateError.self) { try verify(good, at: 1_577_836_799) }
        #expect(throws: CertificateError.self) { try verify(good, at: 4_733_510_401) }
        try verify(pem("expired", "intermediate"), at: 1_590_000_000)
    }

    @Test func whatIsNoCertificateIsUnreadable() throws {
        let good = String(decoding: try pem("good"), as: UTF8.self)
        let locked = good.replacing(
            "-----BEGIN CERTIFICATE-----\n",
            with: "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                + "DEK-Info: AES-128-CBC,8B53A7F3E5D1F0B2A4C6E8F00112AABB\n\n")
        let damaged = good.replacing("\nMII", with: "\nMIJ")
        let cutOff = String(good.prefix(good.count / 2))
        for text in [
            "", "hello", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", locked,
            damaged,
            cutOff, good + cutOff, good + damaged,
            try String(contentsOf: fixture("alexa/leaf.key"), encoding: .utf8),
        ] {
            #expect(throws: CertificateError.unreadable, "\(text.prefix(80))") {
                try CertificateChain(pem: Array(text.utf8))
            }
        }
        let many = Array(String(repeating: good, count: 11).utf8)
        #expect(throws: CertificateError.tooMany(limit: 10)) { try CertificateChain(pem: many) }
        #expect(throws: CryptoError.self) { try TrustedRoots.of(pem: Array("hello".utf8)) }
    }

    @Test func anotherSignatureIsNone() throws {
        let bytes = Array("what is signed".utf8)
        let chain = try CertificateChain(pem: pem("good"))
        let leaf = try TestSigner(fixture("alexa/leaf.key").path)
        let right = try leaf.sign(bytes)
        var flipped = right
        flipped[100] ^= 1
        let (ec, weak) = ("alexa/ec.key", "alexa/weak.key")
        for wrong in [
            [], [0], flipped, right.dropLast(), right + [0], try leaf.sign(bytes, .sha1),
            try leaf.sign(bytes, .sha256, .pss), try leaf.sign(bytes + [0]),
            try TestSigner(fixture(ec).path).sign(bytes),
            try TestSigner(fixture(weak).path).sign(bytes),
        ] as [[UInt8]] {
            #expect(!chain.isSignature(wrong, of: bytes))
        }
        #expect(!chain.isSignature(right, of: bytes + [0]))
        // Right by its own key, but that is none of RSA.
        let other = try CertificateChain(pem: pem("ec"))
        #expect(!other.isSignature(try TestSigner(fixture(ec).path).sign(bytes), of: bytes))
    }

    @Test func theSystemsRootsBelieveNoTest() throws {
        let chain = try CertificateChain(pem: pem("good", "intermediate", "root"))
        #expect(throws: CertificateError.self) {
            try chain.verify(host: Self.host, roots: .system(), at: Self.now)
        }
    }
}
