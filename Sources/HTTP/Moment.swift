import Foundation

/// The time, as it is handed to logic that has no clock of its own.
struct Moment {
    /// For deadlines.
    var instant: ContinuousClock.Instant
    /// Since 1970, UTC: for `Date`.
    var seconds: Int

    static var now: Moment {
        Moment(instant: .now, seconds: Int(Date().timeIntervalSince1970))
    }
}
