import Testing

@testable import Serving

@Suite struct SampleFormatTests {
    @Test func oneSampleStandsAlone() {
        #expect(SampleFormat.single.header(1).isEmpty)
        #expect(SampleFormat.single.footer == "\n")
    }

    @Test func numberedSamplesHaveTheOriginalsLine() {
        let bar = "========================================"
        #expect(SampleFormat.numbered.header(12) == "\(bar) SAMPLE 12 \(bar)\n")
        #expect(SampleFormat.numbered.footer == "\n")
    }

    @Test(arguments: [
        (SampleFormat.defaultDelimiter, "\n====================\n"), ("--", "\n--\n"), ("", "\n"),
    ])
    func delimitersEndTheirLine(delimiter: String, footer: String) {
        #expect(SampleFormat.delimited(delimiter).header(1).isEmpty)
        #expect(SampleFormat.delimited(delimiter).footer == footer)
    }
}
