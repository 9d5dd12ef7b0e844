@testable import Checkpoints

/// Puts right checksums where damaged containers have theirs: a reader that stops at the first
/// wrong one is never seen to read anything else.
enum Checksums {
    /// Of a TensorFlow index: its blocks, as far as they can be found.
    static func mended(bundleIndex bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        guard bytes.count >= 48 else { return bytes }
        var footer = cursor(bytes.suffix(48))
        var handles: [(Int, Int)] = []
        for _ in 0..<2 { if let handle = handle(&footer) { handles.append(handle) } }
        if let (offset, count) = handles.last, let end = end(offset, count, of: bytes),
            let index = try? SortedTableBlock(cursor(bytes[offset..<end]))
        {
            try? index.forEachEntry { _, value in
                var value = value
                if let handle = handle(&value) { handles.append(handle) }
            }
        }
        for (offset, count) in handles.prefix(64) {
            guard let end = end(offset, count, of: bytes), end + 5 <= bytes.count else { continue }
            let checksum = CRC32C.masked(CRC32C.checksum(bytes[offset...end]))
            put(checksum, at: end + 1, in: &bytes)
        }
        return bytes
    }

    /// Of an HDF5 file: what begins with a signature and says how long it is.
    static func mended(hdf5 bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if bytes.count >= 48, bytes.starts(with: HDF5Superblock.signature), bytes[8] >= 2 {
            put(Lookup3.hash(bytes[..<44]), at: 44, in: &bytes)
        }
        for start in bytes.indices.dropLast(12) {
            guard let count = count(at: start, in: bytes), count <= bytes.count - start - 4 else {
                continue
            }
            put(Lookup3.hash(bytes[start..<start + count]), at: start + count, in: &bytes)
        }
        return bytes
    }

    /// How many bytes a structure's checksum is of.
    private static func count(at start: Int, in bytes: [UInt8]) -> Int? {
        switch bytes[start..<start + 4] {
        case [0x46, 0x52, 0x48, 0x50]: return 142  // FRHP
        case [0x42, 0x54, 0x48, 0x44]: return 34  // BTHD
        case [0x4F, 0x48, 0x44, 0x52]:  // OHDR
            let flags = bytes[start + 5]
            let place = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
            let width = 1 << Int(flags & 3)
            guard start + place + width <= bytes.count, width <= 4 else { return nil }
            let digits = bytes[start + place..<start + place + width]
            return place + width + digits.reversed().reduce(0) { $0 << 8 | Int($1) }
        default: return nil
        }
    }

    private static func cursor(_ bytes: ArraySlice<UInt8>) -> ByteCursor {
        ByteCursor(Array(bytes), path: "", part: "")
    }

    private static func handle(_ cursor: inout ByteCursor) -> (Int, Int)? {
        guard let offset = try? cursor.varintLength(), let count = try? cursor.varintLength()
        else { return nil }
        return (offset, count)
    }

    private static func end(_ offset: Int, _ count: Int, of bytes: [UInt8]) -> Int? {
        guard offset <= bytes.count, count < bytes.count - offset else { return nil }
        return offset + count
    }

    private static func put(_ word: UInt32, at place: Int, in bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
    }
}
