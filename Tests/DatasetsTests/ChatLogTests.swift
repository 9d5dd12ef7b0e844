import Testing

@testable import Datasets

@Suite struct ChatLogTests {
    private let log = "1|mom|Hi! <EOM>\n0|mom|Hello, son. <EOM>\n\n0|mom|é <EOM>"

    private func said(_ text: String, by side: Int) -> [String] {
        let bytes = Array(text.utf8)
        return ChatLog(text).said(by: side).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test func sideSaysItsTextsAndTheirEndsButNotThePrefixes() throws {
        try ChatLog(log).check()
        #expect(said(log, by: 0) == ["Hello, son. <EOM>\n", "é <EOM>"])
        #expect(said(log, by: 1) == ["Hi! <EOM>\n"])
    }

    @Test func prefixAfterSpacesAndPipesIsOne() throws {
        let text = " |0|mom|a|b <EOM>\n1|dad|0|mom|c <EOM>\n"
        try ChatLog(text).check()
        #expect(said(text, by: 0) == ["a|b <EOM>\n"])
        #expect(said(text, by: 1) == ["0|mom|c <EOM>\n"])
    }

    @Test func brokenLinesAreCountedAndTheFirstNamed() throws {
        let good = String(repeating: "0|mom|a <EOM>\n", count: 10)
        let bad = String(repeating: "nobody says this\n", count: 7)
        #expect(throws: ChatLog.BrokenLines(count: 7, lines: [11, 12, 13, 14, 15])) {
            try ChatLog(good + bad).check()
        }
        #expect(throws: ChatLog.BrokenLines(count: 1, lines: [2])) {
            try ChatLog("0|mom|a <EOM>\n1|mom|b\n0|mom|c <EOM>\n").check()
        }
    }

    @Test(
        arguments: [
            ("1|mom|Hi! <EOM>\n", true), ("\n\n0|a|b\nprose\n", true), ("", false),
            ("prose\nmore\n0|mom|a <EOM>\n", false), ("2|mom|a\n", false), ("0|mom\n", false),
            ("0||a\n", false), ("a|b|c\n", false),
        ])
    func halfOfTheFirstLinesTellALog(text: String, isLikely: Bool) {
        #expect(ChatLog(text).isLikely == isLikely)
    }
}
