/// The bytes of all tokens of a vocabulary, one after another, and a hash table with open addressing
/// that finds a token by its bytes.
struct TokenIndex: Sendable {
    private let storage: [UInt8]
    /// Token `id` is `storage[starts[id]..<starts[id + 1]]`.
    private let starts: [Int]
    private var slots: [TokenID]

    /// No token has this id.
    private static let free: TokenID = -1

    /// Drawn anew in each process: no vocabulary can be made so that all tokens meet in one place.
    private static let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: 1 ... .max) | 1)

    /// - Parameters:
    ///   - storage: the bytes of all tokens.
    ///   - starts: where each begins, and the end.
    ///   - error: makes one of two tokens that are the same.
    /// - Throws: that error.
    init(
        storage: [UInt8], starts: [Int], error: (_ id: Int, _ other: Int) -> TokenizerError
    ) throws {
        self.storage = storage
        self.starts = starts
        var size = 16
        // At most half full, so that a probe ends soon.
        while size / 2 < starts.count { size *= 2 }
        slots = Array(repeating: Self.free, count: size)
        try storage.withUnsafeBufferPointer { storage in
            for id in 0..<starts.count - 1 {
                let bytes = UnsafeBufferPointer(rebasing: storage[starts[id]..<starts[id + 1]])
                let slot = slot(of: bytes)
                guard slots[slot] == Self.free else { throw error(id, Int(slots[slot])) }
                slots[slot] = TokenID(id)
            }
        }
    }

    var count: Int { starts.count - 1 }

    func bytes(of id: Int) -> ArraySlice<UInt8> { storage[starts[id]..<starts[id + 1]] }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: UnsafeBufferPointer<UInt8>) -> TokenID? {
        let id = slots[slot(of: bytes)]
        return id == Self.free ? nil : id
    }

    /// The token that stands for exactly `bytes`.
    func id(of bytes: ArraySlice<UInt8>) -> TokenID? { bytes.withUnsafeBufferPointer(id(of:)) }

    /// Where `bytes` stand, or would.
    private func slot(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Int(truncatingIfNeeded: Self.hash(bytes)) & (slots.count - 1)
        while slots[slot] != Self.free, !isEqual(bytes, to: Int(slots[slot])) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, to id: Int) -> Bool {
        let start = starts[id]
        guard bytes.count == starts[id + 1] - start else { return false }
        for index in bytes.indices where bytes[index] != storage[start + index] { return false }
        return true
    }

    /// Eight bytes at a time, multiplied by secrets: what a lookup takes is mostly this, and Swift's
    /// own hash is made for longer keys.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = seeds.0 ^ UInt64(truncatingIfNeeded: bytes.count)
        var start = 0
        repeat {
            var eight: UInt64 = 0
            for index in start..<min(start + 8, bytes.count) {
                eight = eight << 8 | UInt64(bytes[index])
            }
            let product = (hash ^ eight).multipliedFullWidth(by: seeds.1)
            hash = product.high ^ product.low
            start += 8
        } while start < bytes.count
        return hash
    }
}
