/// How fast a download is, and how long it will take yet.
public struct TransferRate: Sendable {
    private let firstByteCount: Int
    private let start: ContinuousClock.Instant

    /// - Parameters:
    ///   - byteCount: bytes that are there now, which do not count.
    ///   - start: now.
    public init(from byteCount: Int, at start: ContinuousClock.Instant) {
        firstByteCount = byteCount
        self.start = start
    }

    /// A few words to stand behind a progress bar: `12.3 MB/s, 1:05 left`. Nothing in the first
    /// second, when they would not be worth much.
    public func note(_ byteCount: Int, of total: Int, at now: ContinuousClock.Instant) -> String {
        let seconds = (now - start) / .seconds(1)
        let fetched = Double(byteCount - firstByteCount)
        guard seconds >= 1, fetched > 0 else { return "" }
        let rate = fetched / seconds
        let tenths = Int((rate / 100_000).rounded())
        let speed = "\(tenths / 10).\(tenths % 10) MB/s"
        guard byteCount < total else { return speed }
        let left = (Double(total - byteCount) / rate).rounded(.up)
        // Past four days the time says only that it is slow.
        guard left < 345_600 else { return speed }
        return "\(speed), \(Self.clock(Int(left))) left"
    }

    /// `1:05`, or `2:03:09` from an hour on.
    private static func clock(_ seconds: Int) -> String {
        let twoDigits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let minutes = seconds / 60
        let rest = twoDigits(seconds % 60)
        guard minutes >= 60 else { return "\(minutes):\(rest)" }
        return "\(minutes / 60):\(twoDigits(minutes % 60)):\(rest)"
    }
}
