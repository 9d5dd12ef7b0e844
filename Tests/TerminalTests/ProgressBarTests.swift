import Foundation
import Testing

@testable import Terminal

@Suite struct ProgressBarTests {
    @Test func plainLinesComeAtEveryTenth() {
        var lines: [String] = []
        var bar = ProgressBar("copying", isTerminal: false) { lines.append($0) }
        for done in 0...1000 { bar.update(done, of: 1000) }
        bar.finish()
        #expect(lines.count == 11)
        #expect(lines.first == "copying: 0%\n")
        #expect(lines.last == "copying: 100%\n")
    }

    @Test func theBarIsRedrawnInPlace() {
        var text = ""
        var time = ContinuousClock.now
        var bar = ProgressBar(
            "copying", isTerminal: true, write: { text += $0 }, now: { time })
        bar.update(1, of: 2, note: "3 MB/s")
        bar.update(1, of: 2, note: "5 MB/s")
        time += .seconds(1)
        bar.update(1, of: 2, note: "4 MB/s")
        time += .seconds(1)
        bar.update(1, of: 2, note: "4 MB/s")
        bar.finish()
        #expect(text.components(separatedBy: "\r").count == 3)
        #expect(text.hasSuffix("50% 4 MB/s\n"))
    }
}
