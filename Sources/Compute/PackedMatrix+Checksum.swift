import CSystem

extension PackedMatrix {
    /// The CRC-32C of a small matrix in a format: another wherever its bytes are laid out or rounded
    /// in another way, be it by another version of the kernels or on another processor.
    public static func checksum(of format: WeightFormat) -> UInt32 {
        // Of no round size, so that what fills up is in it.
        let (depth, columns) = (200, 24)
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: byteCount(format, depth: depth, columns: columns), alignment: 64)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        guard let base = bytes.baseAddress else { return 0 }
        let packed = PackedMatrix(format, depth: depth, columns: columns, at: base)
        let random = CounterRandom(seed: 1)
        var floats = (0..<depth * columns).map { index -> Float in
            let (word, _, _, _) = random.words(UInt32(index), 0, 0, 0)
            return Float(word) / 4_294_967_296 - 0.5
        }
        floats.withUnsafeMutableBufferPointer { floats in
            guard let base = floats.baseAddress else { return }
            packed.fill(
                panels: 0..<packed.panelCount,
                from: Matrix(base: base, rows: depth, columns: columns))
        }
        return dixie_crc32c(0, base, bytes.count)
    }
}
