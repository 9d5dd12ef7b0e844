/// How a pool's threads share what there is to do.
public enum Shares: Sendable {
    /// A range each: least to ask for, and memory is read from end to end.
    case even
    /// Ever shorter ranges, claimed one by one: a thread whose core is slower, as others use it too,
    /// leaves more to the rest. For work that takes much longer than claiming it.
    case shrinking

    /// What suits an operation on so many rows of activations.
    public static func forRows(_ count: Int) -> Shares { count < 8 ? .even : .shrinking }

    /// Where 0 ..< `units` is cut, its ends included.
    func cuts(_ units: Int, threads: Int) -> [Int] {
        switch self {
        case .even: return (0...threads).map { units * $0 / threads }
        case .shrinking:
            var cuts = [0]
            var left = units
            while left > 0 {
                // As many again stay behind for whoever is done first.
                left -= threads == 1 ? left : max(1, left / (2 * threads))
                cuts.append(units - left)
            }
            return cuts
        }
    }
}
