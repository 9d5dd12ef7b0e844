import Fetch
import Testing

@Suite struct TransferRateTests {
    private let start = ContinuousClock.now

    @Test(arguments: [
        (1.0, 2_000_000, 10_000_000, "1.0 MB/s, 0:08 left"),
        (10, 124_000_000, 1_000_000_000, "12.3 MB/s, 1:12 left"),
        (100, 2_000_000, 100_000_000, "0.0 MB/s, 2:43:20 left"),
        (2, 10_000_000, 10_000_000, "4.5 MB/s"),
        (100_000, 1_000_001, 1 << 50, "0.0 MB/s"),
        (0.5, 2_000_000, 10_000_000, ""),
        (5, 1_000_000, 10_000_000, ""),
    ])
    func noteSaysSpeedAndTimeLeft(seconds: Double, byteCount: Int, total: Int, note: String) {
        let rate = TransferRate(from: 1_000_000, at: start)
        #expect(rate.note(byteCount, of: total, at: start + .seconds(seconds)) == note)
    }
}
