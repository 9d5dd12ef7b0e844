import Terminal
import Testing

@Suite struct TextStyleTests {
    @Test(arguments: [
        (true, [String: String](), true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
        (true, ["NO_COLOR": ""], true), (true, ["TERM": "dumb"], false),
        (true, ["TERM": "xterm"], true),
    ])
    func coloursAreForTerminalsThatWantThem(
        isTerminal: Bool, environment: [String: String], isColoured: Bool
    ) {
        let style = TextStyle(isTerminal: isTerminal, environment: environment)
        #expect(style.isColoured == isColoured)
        for text in [style.strong("mom"), style.name("mom"), style.quiet("mom")] {
            #expect(text.contains("mom"))
            #expect((text == "mom") != isColoured)
        }
        #expect(style.quiet("") == "")
    }

    @Test func whatMovesTheCursorIsTakenOut() {
        #expect(harmless("a\u{1B}[2J\u{7F}\u{9B}b\r\n\tc ☕️") == "a[2Jb\n\tc ☕️")
        #expect(harmless("plain\n") == "plain\n")
    }
}
