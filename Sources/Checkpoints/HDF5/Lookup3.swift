/// Bob Jenkins's lookup3 hash ("hashlittle", initial value 0), which HDF5 uses both as the
/// checksum of its newer structures and as the order of names in a group's index.
enum Lookup3 {
    static func hash(_ bytes: some Collection<UInt8>) -> UInt32 {
        let contiguous = bytes.withContiguousStorageIfAvailable { hash($0) }
        return contiguous ?? Array(bytes).withUnsafeBufferPointer { hash($0) }
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
        var b = a
        var c = a
        var position = 0
        while bytes.count - position > 12 {
            a &+= word(bytes, position)
            b &+= word(bytes, position + 4)
            c &+= word(bytes, position + 8)
            mix(&a, &b, &c)
            position += 12
        }
        guard position < bytes.count else { return c }
        // The last one to twelve bytes, filled up with zeros.
        a &+= word(bytes, position)
        b &+= word(bytes, position + 4)
        c &+= word(bytes, position + 8)
        finish(&a, &b, &c)
        return c
    }

    /// Four bytes, those past the end taken as zero.
    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> UInt32 {
        var word: UInt32 = 0
        for index in position..<max(position, min(position + 4, bytes.count)) {
            word |= UInt32(bytes[index]) << UInt32(8 * (index - position))
        }
        return word
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word << count | word >> (32 - count)
    }

    private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        func step(_ x: inout UInt32, _ y: UInt32, _ z: inout UInt32, _ count: UInt32) {
            x = (x &- z) ^ rotated(z, count)
            z &+= y
        }
        step(&a, b, &c, 4)
        step(&b, c, &a, 6)
        step(&c, a, &b, 8)
        step(&a, b, &c, 16)
        step(&b, c, &a, 19)
        step(&c, a, &b, 4)
    }

    private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        func step(_ x: inout UInt32, _ y: UInt32, _ count: UInt32) {
            x = (x ^ y) &- rotated(y, count)
        }
        step(&c, b, 14)
        step(&a, c, 11)
        step(&b, a, 25)
        step(&c, b, 16)
        step(&a, c, 4)
        step(&b, a, 14)
        step(&c, b, 24)
    }
}
