import Crypto
import Testing

@Suite struct ConstantTimeTests {
    @Test func sameBytesAreEqualAndOthersAreNot() {
        #expect(isEqualInConstantTime([], []))
        #expect(isEqualInConstantTime([1, 2, 3], [1, 2, 3]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2, 4]))
        #expect(!isEqualInConstantTime([1, 2, 3], [0, 2, 3]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2]))
        #expect(!isEqualInConstantTime([], [0]))
    }
}

@Suite struct SecureRandomTests {
    @Test func identifiersAreHexadecimalAndNeverComeTwice() throws {
        let identifiers = try (0..<1000).map { _ in try SecureRandom.identifier() }
        #expect(Set(identifiers).count == 1000)
        #expect(identifiers.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test func asManyBytesComeAsWereAskedFor() throws {
        #expect(try SecureRandom.bytes(0) == [])
        #expect(try SecureRandom.bytes(-1) == [])
        #expect(try SecureRandom.bytes(33).count == 33)
        #expect(throws: CryptoError.self) { try SecureRandom.bytes(.max) }
    }

    @Test func everyByteIsDrawn() throws {
        #expect(Set(try SecureRandom.bytes(1 << 16)).count == 256)
    }
}
