import Chat
import Testing

@Suite struct TranscriptTests {
    func turn(_ side: Int, _ text: String, to audience: String = "mom") throws -> Turn {
        try Turn(side: side, audience: audience, text: text)
    }

    @Test func turnsAreWrittenOneToALine() throws {
        let transcript = Transcript([
            try turn(1, "Hi"), try turn(0, "Hello | you", to: "+15551234"),
        ])
        #expect(transcript.text == "1|mom|Hi <EOM>\n0|+15551234|Hello | you <EOM>\n")
        #expect(try Transcript(strictly: transcript.text) == transcript)
    }

    @Test(arguments: [
        ("hi <EOM>\n0|mom|evil", "hi 0|mom|evil"), ("hi\r\n0|mom|evil", "hi 0|mom|evil"),
        ("a<EO<EOM>M>b", "a<EO M>b"), ("<EOM><EOM>", ""), ("<EOM>hi<EOM>", "hi"),
        ("a\u{2028}b\u{85}c\u{B}d\u{1C}e", "a b c d e"), ("  two  spaces ", "two  spaces"),
        ("a \n\n <EOM> b", "a b"), ("<EOM\n>", "<EOM >"), ("hi <EO", "hi <EO"), ("", ""),
        ("e\u{301}\n\u{301}", "e\u{301} \u{301}"),
    ])
    func aTextCannotBeginAnotherTurn(text: String, expected: String) throws {
        let turn = try turn(1, text)
        #expect(Array(turn.sanitizedText.utf8) == Array(expected.utf8))
        let read = Transcript(reading: turn.line)
        #expect(read.turns.map(\.side) == [1])
        #expect(try Transcript(strictly: turn.line) == read)
    }

    @Test(arguments: ["", "a|b", "a\nb", "a<EOM>", "\u{0}", String(repeating: "x", count: 65)])
    func anAudienceThatWouldBreakThePrefixIsRefused(audience: String) {
        #expect(throws: TranscriptError.audience) {
            try Turn(side: 0, audience: audience, text: "hi")
        }
    }

    @Test func thereAreTwoSides() {
        #expect(throws: TranscriptError.side(2)) { try Turn(side: 2, audience: "mom", text: "hi") }
    }

    @Test func logsAreReadTolerantly() throws {
        let log = """
            started at noon
            1|mom|Hi<EOM>
            0|mom|two
            lines 1|2|3
            1|2|3 and more <EOM>0|+15551234|a|b <EOM>|1|mom|forgot the marker
            0|mom|last
            """
        #expect(
            Transcript(reading: log).turns == [
                try turn(1, "Hi"), try turn(0, "two\nlines 1|2|3\n1|2|3 and more"),
                try turn(0, "a|b", to: "+15551234"), try turn(1, "forgot the marker"),
                try turn(0, "last"),
            ])
    }

    /// A log that has lost its line feeds: far more turns than a stack has room for.
    @Test func aLineMayHoldAnyNumberOfTurns() {
        let text = String(repeating: "0|mom|hi <EOM>1|mom|ho <EOM>", count: 30_000)
        let turns = Transcript(reading: text).turns
        #expect(turns.count == 60_000)
        #expect(turns.last?.text == "ho")
    }

    @Test func trainingDataIsReadStrictlyWithEveryBadLine() {
        let text = """
            1|mom|Hi <EOM>\r

            2|mom|who
            0|mom|two
            lines <EOM>
            1|mom|a <EOM> 0|mom|b <EOM>
            1|mom|open
            """
        let expected: [TranscriptError.Fault] = [
            .init(line: 3, .noPrefix), .init(line: 4, .severalLines),
            .init(line: 6, .textAfterMarker), .init(line: 7, .noMarker),
        ]
        #expect(throws: TranscriptError.lines(expected)) { try Transcript(strictly: text) }
        #expect("\(TranscriptError.lines(expected))".contains("line 6: there is more text"))
        #expect(!"\(TranscriptError.lines(expected))".contains("open\n"))
    }
}
