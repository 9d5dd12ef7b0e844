import JSON
import Testing

@testable import Datasets

@Suite struct DatasetInspectorTests {
    private func report(_ text: String) throws -> DatasetReport {
        try DatasetInspector.inspect(Array(text.utf8), path: "log.txt")
    }

    @Test func aGoodLogHasItsMessagesCountedAndNoFault() throws {
        let report = try report(
            """
            1|mom|Hi! <EOM>
            0|mom|Hello <EOM>
            1|dad|Hi! <EOM>
            1|mom|Hi! <EOM>

            """)
        #expect(report.faults.isEmpty && report.lineCount == 4 && report.messageCount == 4)
        #expect(report.counts.map(\.audience) == ["mom", "dad"])
        #expect(report.counts.map(\.persona) == [1, 0] && report.counts.map(\.user) == [2, 1])
        #expect(
            report.repetition
                == DatasetReport.Repetition(lineCount: 1, surplus: 1, most: 2, mostAt: 1))
        #expect(report.garbledLines.isEmpty)
        #expect(report.text("log.txt").contains("every line is a message"))
        #expect(report.text("log.txt").contains("2 MB"))
    }

    @Test func everyLineAtFaultIsToldWithItsNumber() throws {
        let report = try report(
            """
            1|mom|fine <EOM>
            no prefix secret
            1|mom|no marker secret
            0|mom|a <EOM> secret
            1|mom| <EOM>
            0|mom|fine <EOM>
            """)
        #expect(report.faults.map(\.line) == [2, 3, 4, 5])
        #expect(report.faults.last?.reason == .empty)
        #expect(!report.text("log.txt").contains("secret") && !report.json.contains("secret"))
    }

    @Test func atMostTwentyFaultsAreShownToAPerson() throws {
        let report = try report(String(repeating: "x\n", count: 33))
        #expect(report.faults.count == 33)
        let text = report.text("log.txt")
        #expect(text.contains("line 20: ") && !text.contains("line 21: "))
        #expect(text.contains("and 13 more"))
        let object = try JSONParser.parse(report.json)
        #expect(object["faults"]?.array?.count == 33)
    }

    @Test func garbledLinesAreSuspected() throws {
        let report = try report("1|mom|cafÃ© <EOM>\n1|mom|café <EOM>\n1|mom|itâ€™s <EOM>\n")
        #expect(report.garbledLines == [1, 3])
        #expect(report.text("log.txt").contains("dixie prepare"))
    }

    @Test func windowsAreCountedWhole() throws {
        var report = try report("1|mom|Hi! <EOM>\n")
        report.tokens = DatasetReport.Tokens(count: 2050, contextLength: 1024)
        #expect(report.text("log.txt").contains("2 windows of 1024"))
        report.tokens = DatasetReport.Tokens(count: 1023, contextLength: 1024)
        #expect(report.text("log.txt").contains("less than one window"))
        #expect(try JSONParser.parse(report.json)["windows"]?.integer == 0)
    }

    @Test(arguments: [
        ([], DatasetInspectionError.empty(path: "log.txt")),
        (Array(" \n\r\n".utf8), .empty(path: "log.txt")),
        (Array("1|mom|a\0".utf8), .binary(path: "log.txt", offset: 7)),
        (Array("a\né".utf8) + [0xC3, 0x28], .notUTF8(path: "log.txt", offset: 4, line: 2)),
    ])
    func whatIsNoTextIsRefused(bytes: [UInt8], expected: DatasetInspectionError) {
        #expect(throws: expected) { try DatasetInspector.inspect(bytes, path: "log.txt") }
    }
}
