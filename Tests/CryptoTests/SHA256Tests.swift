import Crypto
import TestSupport
import Testing

@Suite struct SHA256Tests {
    /// From FIPS 180-4's published examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digestIsThePublishedOne(text: String, hexadecimal: String) throws {
        #expect(try SHA256Digest(hashing: text).hexadecimal == hexadecimal)
    }

    @Test func millionLettersInUnevenPiecesGiveThePublishedDigest() throws {
        let hasher = try SHA256Hasher()
        var left = 1_000_000
        var size = 1
        while left > 0 {
            let count = min(size, left)
            try hasher.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
            left -= count
            size = size * 3 + 1
        }
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(try hasher.finalize().hexadecimal == expected)
    }

    @Test func hasherGoesOnAfterADigestWasAsked() throws {
        let hasher = try SHA256Hasher()
        try hasher.update(Array("ab".utf8))
        #expect(try hasher.finalize() == SHA256Digest(hashing: "ab"))
        try hasher.update(Array("c".utf8))
        #expect(try hasher.finalize() == SHA256Digest(hashing: "abc"))
    }

    @Test func noBytesChangeNothing() throws {
        let hasher = try SHA256Hasher()
        try hasher.update([])
        try hasher.update(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(try hasher.finalize() == SHA256Digest(hashing: ""))
    }

    @Test func fileHasTheDigestOfItsBytes() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<(3 << 20) + 7).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = try folder.write(bytes, to: "bytes")
        #expect(try SHA256Digest(hashingFile: path) == SHA256Digest(hashing: bytes))
    }

    @Test func missingFileIsAnErrorNamingIt() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("absent")
        #expect(throws: CryptoError.unreadable(path: path, code: 2)) {
            try SHA256Digest(hashingFile: path)
        }
        #expect(
            CryptoError.unreadable(path: path, code: 2).description
                == "\(path) cannot be read: No such file or directory.")
    }
}

@Suite struct SHA256DigestTests {
    private let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func hexadecimalOfEitherCaseIsRead() throws {
        let digest = try #require(SHA256Digest(hexadecimal: text.uppercased()))
        #expect(digest.hexadecimal == text)
        #expect(try digest == SHA256Digest(hashing: "abc"))
        #expect(digest.bytes.count == 32)
    }

    @Test func anythingButSixtyFourHexDigitsIsRefused() {
        #expect(SHA256Digest(hexadecimal: text.dropLast()) == nil)
        #expect(SHA256Digest(hexadecimal: text.dropLast(2)) == nil)
        #expect(SHA256Digest(hexadecimal: text + "00") == nil)
        #expect(SHA256Digest(hexadecimal: text.dropLast() + "g") == nil)
        #expect(SHA256Digest(hexadecimal: "٣" + text.dropLast(2)) == nil)
        #expect(SHA256Digest(hexadecimal: "") == nil)
        #expect(SHA256Digest(bytes: [1, 2, 3]) == nil)
    }

    @Test func digestsDifferByOneBit() throws {
        let digest = try #require(SHA256Digest(hexadecimal: text))
        for index in 0..<32 {
            var bytes = digest.bytes
            bytes[index] ^= 0x80
            #expect(SHA256Digest(bytes: bytes) != digest)
        }
    }
}
