import Chat
import TestSupport
import Testing

@Suite struct ReplyCleanerTests {
    let sanitizer = Sanitizer(.chatbot, names: ["mom", "+15551234"])

    @Test(arguments: [
        // What the original ate.
        "I have 20 apples and 10 pears, 200 dogs", "See you at 2 pm, room 201",
        "SEARCH the SEASON (maybe)", "a=b & c -- d + e <E> COE", "v2.0 2nd", "100 200 300",
        "https://x.io/?a=1&b=2|c", "I \u{2764}\u{FE0F} \u{2615}\u{FE0F} \u{1F62C} [ok] {x}",
        "1 < 2",
        "10|x", "see 0|mom|x", "0|bob|hey", "1|2|3", ">.<", "<Enter>", "5 0", "e\u{301}\u{200D}",
        "",
        "two\nlines", "0",
    ])
    func whatWasSaidStays(text: String) {
        #expect(Array(sanitizer.clean(text).utf8) == Array(text.utf8))
    }

    @Test(arguments: [
        ("Hi Son. <EOM>\n", "Hi Son."), (" Hi   there \n", "Hi there"), ("Hi<EOM>", "Hi"),
        ("0|mom|Hi", "Hi"), ("1|+mom|Hi", "Hi"), ("|mom|Hi", "Hi"), ("|0|mom|Hi", "Hi"),
        ("0|+15551234|Hi", "Hi"), ("1|++15551234|Hi", "Hi"), ("  0|mom| Hi", "Hi"),
        ("Hi <EOM", "Hi"), ("Hi <EO", "Hi"), ("Hi<E", "Hi"), ("Hi <", "Hi"), ("Hi<", "Hi<"),
        ("Hi <EOM>\n0|mo", "Hi"), ("Hi <EOM>\n0", "Hi"), ("Hi\n0|m", "Hi"), ("Hi\n0", "Hi\n0"),
        ("<EOM>", ""), (" \n", ""), ("0|mom|", ""), ("<EOM>|", ""),
    ])
    func theFormatAroundItGoes(text: String, expected: String) {
        #expect(sanitizer.clean(text) == expected)
    }

    @Test(arguments: [
        // The user's side ends the reply.
        ("Hi <EOM>\n1|mom|How are you? <EOM>\n0|mom|Fine <EOM>", "Hi"),
        ("Hi\n1|mom|How are you?", "Hi"),
        // The same side goes on.
        ("Hi <EOM>\n0|mom|How are you? <EOM>\n1|mom|Fine <EOM>", "Hi\nHow are you?"),
        ("1|mom|Hi <EOM>|1|mom|you <EOM>\n0|mom|Oh", "Hi\nyou"),
        // Empty messages do not count, four do.
        (" <EOM>\n<EOM>0|mom|a<EOM>b<EOM>c<EOM>d<EOM>e<EOM>", "a\nb\nc\nd"),
        (" <EOM>\n1|mom|<EOM>\n0|mom|a", "a"),
    ])
    func aReplyIsWhatOneSpeakerSaysInARow(text: String, expected: String) {
        #expect(sanitizer.clean(text) == expected)
    }

    @Test func thePersonaMayBeOnTheOtherSide() {
        let text = "Hi <EOM>\n1|mom|there <EOM>\n0|mom|Oh"
        #expect(Sanitizer(.chatbot, names: ["mom"], personaSide: 1).clean(text) == "Hi\nthere")
    }

    @Test func bytesThatAreNoUTF8PassThrough() {
        let bytes = Array("0|mom|".utf8) + [0xFF, 0x20, 0x20, 0xC3] + Array(" <EOM>".utf8)
        #expect(sanitizer.clean(bytes) == [0xFF, 0x20, 0xC3])
    }

    @Test func textIsSentAsSoonAsItCanOnlyStay() {
        var stream = StreamingSanitizer(sanitizer)
        #expect(stream.append("0|mo") == "")
        #expect(stream.append("m|Hi") == "Hi")
        #expect(stream.append(" there <") == " there")
        #expect(stream.append("3 <EO") == " <3")
        #expect(!stream.hasEnded)
        #expect(stream.append("M>\n1|mom|x") == "")
        #expect(stream.hasEnded)
        #expect(stream.append("more") == "")
        #expect(stream.finish() == "")
    }

    @Test(arguments: Sanitizer.Rules.allCases)
    func howeverATextIsCutTheReplyIsTheSame(rules: Sanitizer.Rules) {
        let pieces = [
            "0|mom|", "1|mom|", "|mom|", "1|+mom|", "0|bob|", "<EOM>", "<EO", "<", "|", "\n", " ",
            "  ", "hi", "20", "\u{2764}\u{FE0F}", "e\u{301}", "http", "0", "1", "<EOM>\n",
        ]
        var random = SeededGenerator(seed: 7)
        let sanitizer = Sanitizer(rules, names: ["mom"])
        for _ in 0..<1500 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .compactMap { _ in pieces.randomElement(using: &random) }.joined()
            let whole = sanitizer.clean(text)
            var stream = StreamingSanitizer(sanitizer)
            var joined = ""
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...5, using: &random)
                joined += stream.append(String(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            joined += stream.finish()
            #expect(Array(joined.utf8) == Array(whole.utf8), "\(text.debugDescription)")
            if rules == .chatbot {
                #expect(!whole.contains("<EOM>") && !whole.contains("  "))
                #expect(sanitizer.clean(text + "<EOM>") == sanitizer.clean(text + " <EOM>\n"))
            }
        }
    }
}
