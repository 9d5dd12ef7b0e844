import JSON
import Testing

@Suite struct ShownTests {
    @Test(arguments: [
        ("wte.weight", "wte.weight"), ("é ☕️ \u{65E5}", "é ☕️ \u{65E5}"), ("", ""),
        ("a\u{0}b", "a\\u{0}b"), ("\u{1B}[2J\r\n", "\\u{1b}[2J\\u{d}\\u{a}"),
        ("\u{202E}txt", "\\u{202e}txt"), ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
    ])
    func whatCannotBeSeenIsEscaped(text: String, safe: String) {
        #expect(shown(text) == safe)
    }

    @Test func whatIsTooLongIsCut() {
        #expect(shown("abcdef", most: 6) == "abcdef")
        #expect(shown("abcdef", most: 5) == "abcde…")
        #expect(shown(String(repeating: "x", count: 1_000_000)).unicodeScalars.count == 401)
        // One character of a thousand scalars is not one line.
        #expect(shown("a" + String(repeating: "\u{301}", count: 1000)).unicodeScalars.count == 401)
    }

    @Test func aKeyThatStandsTwiceIsShownSafely() {
        let key = "\u{1B}\n" + String(repeating: "k", count: 1000)
        let message = JSONError(.duplicateKey(key), at: .none).reason
        #expect(message.hasPrefix("the key \"\\u{1b}\\u{a}kkk") && message.count < 200)
    }
}
