/// Where to cut bytes, and how to keep two files in one input.
enum Pieces {
    /// `bytes` cut at up to three places that depend on nothing but the bytes, so that an input is
    /// cut alike each time it runs.
    static func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        // FNV-1a.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var cuts = [0, bytes.count]
        for _ in 0..<3 {
            hash = hash &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
            cuts.append(Int(hash >> 33) % (bytes.count + 1))
        }
        cuts.sort()
        return zip(cuts, cuts.dropFirst()).map { bytes[$0..<$1] }
    }

    /// Two files out of one input: two bytes, little-endian, say how long the first is.
    static func two(_ bytes: [UInt8]) -> (first: [UInt8], second: [UInt8]) {
        guard bytes.count >= 2 else { return ([], []) }
        let count = Int(bytes[0]) | Int(bytes[1]) << 8
        let rest = bytes[2...]
        return (Array(rest.prefix(count)), Array(rest.dropFirst(count)))
    }
}
