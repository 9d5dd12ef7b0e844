/// The bytes of all tokens of a vocabulary, one after another, and a hash table with open addressing
/// that finds a token by its bytes.
struct TokenIndex: Sendable {
    private let storage: [UInt8]
    /// Token `id` is `storage[starts[id]..<starts[id + 1]]`.
    private let starts: [Int]
    private var slots: [TokenID]

    /// No token has this id.
    private static let free: TokenID = -1

    /// - Parameters:
    ///   - storage: the bytes of all tokens; no two have the same.
    ///   - starts: where each begins, and the end.
    init(storage: [UInt8], starts: [Int]) {
        self.storage = storage
        self.starts = starts
        var size = 16
        // At most half full, so that a probe ends soon.
        while size / 2 < starts.count { size *= 2 }
        slots = Array(repeating: Self.free, count: size)
        for id in 0..<starts.count - 1 {
            var slot = home(of: bytes(of: id))
            while slots[slot] != Self.free { slot = (slot + 1) & (size - 1) }
            slots[slot] = TokenID(id)
        }
    }

    var count: Int { starts.count - 1 }

    func bytes(of id: Int) -> ArraySlice<UInt8> { storage[starts[id]..<starts[id + 1]] }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: ArraySlice<UInt8>) -> TokenID? {
        var slot = home(of: bytes)
        while slots[slot] != Self.free {
            if isEqual(bytes, to: Int(slots[slot])) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isEqual(_ bytes: ArraySlice<UInt8>, to id: Int) -> Bool {
        let start = starts[id]
        guard bytes.count == starts[id + 1] - start else { return false }
        return zip(bytes, storage[start...]).allSatisfy { $0 == $1 }
    }

    /// Seeded anew in each process: no vocabulary can be made so that all tokens meet in one place.
    private func home(of bytes: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize() & (slots.count - 1)
    }
}
