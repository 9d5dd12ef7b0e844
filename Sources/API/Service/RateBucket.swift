/// What may still be taken of something that comes back at a steady rate and is saved up to a measure.
///
/// It has no clock: each call says when it is.
struct RateBucket {
    typealias Instant = ContinuousClock.Instant

    let perSecond: Double
    /// The most that is saved up.
    let measure: Double
    private var level: Double
    private var filledAt: Instant

    /// - Parameters:
    ///   - perSecond: how much comes back, above 0.
    ///   - measure: the most that is saved up, above 0; there at the start.
    ///   - now: the start.
    init(perSecond: Double, measure: Double, at now: Instant) {
        self.perSecond = perSecond
        self.measure = measure
        level = measure
        filledAt = now
    }

    /// Whether nothing has been taken that has not come back.
    func isFull(at now: Instant) -> Bool { filled(at: now) >= measure }

    /// Takes what a request takes.
    ///
    /// - Returns: nil; or, where there is not so much, how long until there is, and nothing is taken.
    mutating func take(_ amount: Double, at now: Instant) -> Duration? {
        fill(at: now)
        guard level < amount else {
            level -= amount
            return nil
        }
        return .seconds((amount - level) / perSecond)
    }

    /// Takes what is known only afterwards, be there so much or not: who comes next waits for it.
    mutating func charge(_ amount: Double, at now: Instant) {
        fill(at: now)
        level -= amount
    }

    /// How long until there is anything; nil where there is.
    func wait(at now: Instant) -> Duration? {
        let level = filled(at: now)
        return level > 0 ? nil : .seconds((1 - level) / perSecond)
    }

    private mutating func fill(at now: Instant) {
        level = filled(at: now)
        filledAt = max(filledAt, now)
    }

    private func filled(at now: Instant) -> Double {
        min(measure, level + max(0, (now - filledAt) / .seconds(1)) * perSecond)
    }
}
