import CSystem
import Testing

@testable import Checkpoints

@Suite struct CRC32CTests {
    // "123456789" is the usual check value; the others are RFC 3720's, appendix B.4.
    @Test func published() {
        func expect(_ bytes: [UInt8], _ checksum: UInt32) {
            #expect(CRC32C.checksum(bytes) == checksum)
            #expect(dixie_crc32c_portable(0, bytes, bytes.count) == checksum)
        }
        // The usual check value, and RFC 3720's, appendix B.4.
        expect(Array("123456789".utf8), 0xE306_9283)
        expect([], 0)
        expect([UInt8](repeating: 0, count: 32), 0x8A91_36AA)
        expect([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43)
        expect([UInt8](0..<32), 0x46DD_794E)
        expect([UInt8](0..<32).reversed(), 0x113F_DB5C)
    }

    @Test("the processor's instruction and the tables agree at every length and alignment")
    func agreement() {
        let bytes = WrittenTensors.values("noise", count: 30_000, type: .float32)
        bytes.withUnsafeBytes { bytes in
            let lengths = Array(0...70) + [8191, 8192, 24_575, 24_576, 24_577, 49_152, 100_001]
            for start in 0..<9 {
                for length in lengths {
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                    #expect(
                        dixie_crc32c(77, part.baseAddress, length)
                            == dixie_crc32c_portable(77, part.baseAddress, length))
                }
            }
        }
    }

    @Test("two stretches give the checksum of the whole")
    func joining() {
        let bytes = [UInt8](0..<200)
        for cut in [0, 1, 7, 100, 199, 200] {
            let joined = CRC32C.joined(
                CRC32C.checksum(bytes[..<cut]), CRC32C.checksum(bytes[cut...]),
                secondCount: bytes.count - cut)
            #expect(joined == CRC32C.checksum(bytes))
        }
    }

    @Test("masking is LevelDB's")
    func masking() {
        // Rotated right by 15 and shifted by a constant: 0 and 1 by hand.
        #expect(CRC32C.masked(0) == 0xA282_EAD8)
        #expect(CRC32C.masked(1) == 0xA282_EAD8 + 0x2_0000)
    }
}
