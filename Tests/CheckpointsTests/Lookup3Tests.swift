import Testing

@testable import Checkpoints

@Suite struct Lookup3Tests {
    // The first two are the values its author publishes; the files of h5py hold the rest to it.
    @Test(arguments: [
        ("", UInt32(0xDEAD_BEEF)),
        ("Four score and seven years ago", 0x1777_0551),
    ])
    func published(text: String, hash: UInt32) {
        #expect(Lookup3.hash(Array(text.utf8)) == hash)
    }

    @Test("slices hash like arrays at every length")
    func slices() {
        let bytes = Array(UInt8(0)..<60)
        for length in 0...40 {
            #expect(
                Lookup3.hash(bytes[10..<10 + length])
                    == Lookup3.hash(Array(bytes[10..<10 + length])))
        }
        #expect(Set((0...40).map { Lookup3.hash(bytes[..<$0]) }).count == 41)
    }
}
