/// Random numbers that are a function of a seed and a counter: there is no state, so a draw never
/// depends on what else was drawn, in what order, or on which thread.
///
/// Philox 4×32 with 10 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", 2011).
public struct CounterRandom: Sendable {
    private let key: (UInt32, UInt32)

    public init(seed: UInt64) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    /// Four words of 32 random bits for a counter of four words.
    public func words(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var (a, b, c, d) = (a, b, c, d)
        var (key0, key1) = key
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) * UInt64(a)
            let second = UInt64(0xCD9E_8D57) * UInt64(c)
            (a, b, c, d) = (
                UInt32(truncatingIfNeeded: second >> 32) ^ b ^ key0,
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ d ^ key1,
                UInt32(truncatingIfNeeded: first)
            )
            key0 &+= 0x9E37_79B9
            key1 &+= 0xBB67_AE85
        }
        return (a, b, c, d)
    }

    /// A number in [0, 1) with 53 random bits, for one choice at one position.
    public func uniform(choice: Int, position: Int) -> Double {
        let (a, b, _, _) = words(
            UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: choice), 0, 0)
        return Double(UInt64(a) << 21 ^ UInt64(b) >> 11) / 9_007_199_254_740_992
    }
}
