import Synchronization

/// How many bytes the bodies of requests under way take together, and may take.
final class BodyBudget: Sendable {
    private let limit: Int
    private let taken = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Bytes that are taken now.
    var count: Int { taken.load(ordering: .relaxed) }

    fileprivate func take(_ count: Int) -> Bool {
        let after = taken.add(count, ordering: .relaxed).newValue
        guard after > limit else { return true }
        taken.subtract(count, ordering: .relaxed)
        return false
    }

    fileprivate func giveBack(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}

/// What one request's body has taken of the budget; given back when nobody holds it any more, as the body
/// itself is, so that no way out of a request can forget to.
final class BodyShare: Sendable {
    /// So much of each body is not counted: a few clients with large ones must not keep everybody out.
    static let free = 16 << 10

    private let budget: BodyBudget
    private let count = Atomic<Int>(0)

    init(of budget: BodyBudget) { self.budget = budget }

    deinit { budget.giveBack(max(0, count.load(ordering: .relaxed) - Self.free)) }

    /// Takes more, for a body that is read on one queue; false, and nothing taken, where there is not so
    /// much left.
    func grow(by more: Int) -> Bool {
        let before = count.load(ordering: .relaxed)
        let counted = max(0, before + more - Self.free) - max(0, before - Self.free)
        guard budget.take(counted) else { return false }
        count.store(before + more, ordering: .relaxed)
        return true
    }
}
