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

/// What one request's body has taken of the budget; given back when nobody holds it any more, so that
/// no way out of a request can forget to.
final class BodyShare {
    private let budget: BodyBudget
    private var count = 0

    init(of budget: BodyBudget) { self.budget = budget }

    deinit { budget.giveBack(count) }

    /// Takes more; false, and nothing taken, where there is not so much left.
    func grow(by more: Int) -> Bool {
        guard budget.take(more) else { return false }
        count += more
        return true
    }
}
