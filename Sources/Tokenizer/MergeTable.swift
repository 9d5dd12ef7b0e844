/// Which two neighbouring tokens become which one, and how early: the learned pairs in a hash
/// table with open addressing.
struct MergeTable: Sendable {
    /// What a pair becomes. As a number it orders by rank, and `none` comes last of all.
    struct Merge: Sendable, Hashable {
        let packed: UInt64

        static let none = Merge(packed: .max)

        init(packed: UInt64) { self.packed = packed }

        init(rank: Int, result: TokenID) {
            packed = UInt64(truncatingIfNeeded: rank) << 32 | UInt64(UInt32(bitPattern: result))
        }

        /// How many merges were learned before.
        var rank: UInt32 { UInt32(truncatingIfNeeded: packed >> 32) }
        var result: TokenID { TokenID(truncatingIfNeeded: packed) }
    }

    private struct Slot: Sendable {
        var pair: UInt64
        var merge: Merge
    }

    /// No pair has this key, because ids are not negative.
    private static let free = UInt64.max

    private var slots: [Slot]
    private let mask: Int

    /// A table for `capacity` pairs at most.
    init(capacity: Int) {
        var size = 16
        // At most half full, so that a probe ends soon.
        while size / 2 < capacity { size *= 2 }
        slots = Array(repeating: Slot(pair: Self.free, merge: .none), count: size)
        mask = size - 1
    }

    private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func home(of pair: UInt64) -> Int {
        // Fibonacci hashing: the high bits of the product depend on all bits of the pair.
        Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    /// What `left` followed by `right` becomes; `none` where the pair was not learned.
    @inline(__always)
    subscript(left: TokenID, right: TokenID) -> Merge {
        let pair = Self.key(left, right)
        var index = home(of: pair)
        while true {
            let slot = slots[index]
            if slot.pair == pair { return slot.merge }
            if slot.pair == Self.free { return .none }
            index = (index + 1) & mask
        }
    }

    /// Adds a pair that is not in the table yet.
    mutating func insert(_ left: TokenID, _ right: TokenID, _ merge: Merge) {
        let pair = Self.key(left, right)
        var index = home(of: pair)
        while slots[index].pair != Self.free { index = (index + 1) & mask }
        slots[index] = Slot(pair: pair, merge: merge)
    }
}
