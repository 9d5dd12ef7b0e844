import Foundation
import Testing

@testable import Training

@Suite struct ProgressNoteTests {
    @Test func aNoteSaysAllThatIsKnown() {
        let note = ProgressNote(
            loss: 2.312, averageLoss: 2.4, tokensPerSecond: 5_120.4, secondsLeft: 192,
            peakMemory: 1_200_000_000)
        #expect(
            "\(note)" == "loss 2.31 · avg 2.40 · 5,120 tokens/s · 3 min 12 s left · peak 1.2 GB")
        let bare = ProgressNote(
            loss: .nan, averageLoss: 2, tokensPerSecond: 9, secondsLeft: nil, peakMemory: nil)
        #expect("\(bare)" == "loss nan · avg 2.00 · 9 tokens/s")
    }

    @Test(arguments: [
        (0.2, "0 s"), (45, "45 s"), (59.6, "1 min"), (7_500, "2 h 5 min"), (356_400, "4 d 3 h"),
        (-3, "0 s"), (.infinity, "for ever"),
    ])
    func durationsHaveTwoUnits(seconds: Double, text: String) {
        #expect(HumanUnits.duration(seconds) == text)
    }

    @Test(arguments: [
        (999, "999 B"), (1_000, "1.0 kB"), (9_960, "10 kB"), (999_600, "1.0 MB"),
        (812_000_000, "812 MB"), (Int.max, "9223372 TB"),
    ])
    func bytesHaveAUnit(count: Int, text: String) {
        #expect(HumanUnits.bytes(count) == text)
    }

    @Test func theFirstStepIsNoMeasureOfThePace() {
        var pace = StepPace()
        pace.add(100)
        #expect(pace.seconds(for: 10) == nil)
        for _ in 0..<5 { pace.add(2) }
        #expect(abs((pace.seconds(for: 10) ?? 0) - 20) < 1e-9)
    }

    @Test func peakMemoryIsTheHighWaterMark() {
        #expect(PeakMemory.byteCount(inStatus: "VmPeak: 9 kB\nVmHWM:\t   12 kB\n") == 12_288)
        #expect(PeakMemory.byteCount(inStatus: "VmPeak: 9 kB\n") == nil)
        #expect(PeakMemory.byteCount().map { $0 > 1_000_000 } ?? false)
    }
}
