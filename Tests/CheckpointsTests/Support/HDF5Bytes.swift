import TestSupport

@testable import Checkpoints

/// The bytes of an HDF5 fixture, to be changed in chosen places and sealed again.
struct HDF5Bytes {
    var bytes: [UInt8]

    init(_ file: String) throws {
        bytes = try CheckpointsTests.bytes(of: WrittenTensors.path(file))
    }

    /// Every stretch without a long run of zeros: the structures, their unused room left out.
    var tables: [Range<Int>] {
        var tables: [Range<Int>] = []
        for index in bytes.indices where bytes[index] != 0 {
            if let last = tables.last, index <= last.upperBound + 4 {
                tables[tables.count - 1] = last.lowerBound..<index + 1
            } else {
                tables.append(index..<index + 1)
            }
        }
        return tables
    }

    /// Where `pattern` stands.
    func places(of pattern: [UInt8]) -> [Int] {
        bytes.indices.dropLast(pattern.count - 1).filter {
            bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
        }
    }

    func places(of signature: String) -> [Int] { places(of: Array(signature.utf8)) }

    func integer(at place: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }

    mutating func set(_ value: UInt64, at place: Int, _ count: Int = 8) {
        for index in 0..<count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    /// Every structure with a checksum: where it is and how long, the checksum at its end.
    var structures: [Range<Int>] {
        let superblock = bytes[8] >= 2 ? [0..<48] : []
        let headers = places(of: "OHDR").map { place in
            let flags = bytes[place + 5]
            let width = 1 << Int(flags & 3)
            let prefix = 6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0)
            return place..<place + prefix + width + integer(at: place + prefix, width) + 4
        }
        let heaps = places(of: "FRHP").map { $0..<$0 + 146 }
        let trees = places(of: "BTHD").map { $0..<$0 + 38 }
        let leaves = trees.map { tree in
            let leaf = integer(at: tree.lowerBound + 16, 8)
            return leaf..<leaf + 10 + 11 * integer(at: tree.lowerBound + 24, 2)
        }
        return superblock + headers + heaps + trees + leaves
    }

    /// Gives a structure the checksum of what it now holds.
    mutating func seal(_ structure: Range<Int>) {
        let checksum = Lookup3.hash(bytes[structure.dropLast(4)])
        set(UInt64(checksum), at: structure.upperBound - 4, 4)
    }
}
