/// Makes damaged copies of a container, the same ones for the same seed.
struct ContainerMutator {
    private let original: [UInt8]
    /// Where the container's own tables are; four of five mutations begin in them.
    private let tables: [Range<Int>]
    private var generator: SplitMix64

    init(_ original: [UInt8], tables: [Range<Int>], seed: UInt64) {
        self.original = original
        self.tables = tables
        generator = SplitMix64(state: seed)
    }

    /// One more copy, with one thing wrong; now and then the original itself.
    mutating func next() -> [UInt8] {
        var copy = original
        let place = self.place()
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: copy[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: copy[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 3: copy[place] = .random(in: 0...255, using: &generator)
        case 4: copy.removeSubrange(place...)
        case 5: copy.insert(contentsOf: copy[piece()], at: place)
        case 6: copy.replaceSubrange(piece(), with: copy[piece()])
        default: putBigNumber(into: &copy, at: place)
        }
        return copy
    }

    private mutating func place() -> Int {
        let isInTable = Int.random(in: 0..<5, using: &generator) < 4
        let range = isInTable ? tables.randomElement(using: &generator) : nil
        return Int.random(in: range ?? 0..<original.count, using: &generator)
    }

    private mutating func piece() -> Range<Int> {
        let start = place()
        return start..<min(start + Int.random(in: 1...40, using: &generator), original.count)
    }

    /// Numbers at the edges of what fields hold, as bytes or, in text, as digits.
    private mutating func putBigNumber(into copy: inout [UInt8], at place: Int) {
        let numbers: [UInt64] = [
            0, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 61, 1 << 62,
            UInt64(Int64.max), 1 << 63, .max,
        ]
        let number = numbers.randomElement(using: &generator) ?? 0
        let width = [2, 4, 8].randomElement(using: &generator) ?? 8
        let isDigit = (0x30...0x39).contains(copy[place])
        let bytes =
            isDigit
            ? Array(String(number).utf8)
            : (0..<width).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        copy.replaceSubrange(place..<min(place + (isDigit ? 1 : width), copy.count), with: bytes)
    }
}

/// Vigna's SplitMix64.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
