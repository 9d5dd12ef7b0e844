import Serving
import TestSupport
import Testing

@Suite struct StopFilterTests {
    /// What comes out of `pieces`, and whether a stop string ended it.
    func run(_ stops: [String], _ pieces: [String]) -> (text: String, stopped: Bool) {
        var filter = StopFilter(stops)
        var text = ""
        for piece in pieces { text += filter.append(piece).emit }
        return (text + filter.finish(), filter.hasStopped)
    }

    @Test(arguments: [
        (["<EOM>"], "Hi <EOM> more", "Hi ", true), (["<EOM>"], "Hi <EO", "Hi <EO", false),
        (["<EOM>"], "<<EOM>", "<", true), (["aab"], "aaab", "a", true), ([], "Hi", "Hi", false),
        ([""], "Hi", "Hi", false), (["abab"], "abaabab", "aba", true), (["a"], "", "", false),
        // The first to be complete wins; at the same byte, the longest.
        (["abc", "b"], "xabc", "xa", true), (["b", "ab"], "xab", "x", true),
        (["\n\n", "END"], "one\ntwo\n\nEND", "one\ntwo", true),
        // Bytes are compared: no match inside a composed character's look-alike.
        (["e"], "\u{E9}", "\u{E9}", false), (["e"], "e\u{301}", "", true),
        (["\u{1F600}"], "\u{1F601}\u{1F600}", "\u{1F601}", true),
    ])
    func aReplyEndsBeforeItsFirstStopString(
        stops: [String], text: String, expected: String, stopped: Bool
    ) {
        let result = run(stops, [text])
        #expect(Array(result.text.utf8) == Array(expected.utf8))
        #expect(result.stopped == stopped)
    }

    @Test func onlyWhatMayBecomeAStopStringIsHeldBack() {
        var filter = StopFilter(["<EOM>"])
        #expect(filter.append("Hi <E") == ("Hi ", false))
        #expect(filter.append("T <EO") == ("<ET ", false))
        #expect(filter.append("M> more") == ("", true))
        #expect(filter.append("again") == ("", true))
        #expect(filter.finish() == "")
    }

    @Test func howeverATextIsCutTheResultIsTheSame() {
        var random = SeededGenerator(seed: 11)
        let alphabet = ["a", "b", "\u{E9}", "<", "ab"]
        for _ in 0..<2000 {
            let word = { (length: ClosedRange<Int>) in
                (0..<Int.random(in: length, using: &random))
                    .compactMap { _ in alphabet.randomElement(using: &random) }.joined()
            }
            let stops = (0..<Int.random(in: 0...3, using: &random)).map { _ in word(0...4) }
            let text = word(0...20)
            let scalars = text.unicodeScalars.map { String($0) }
            let whole = run(stops, [text])
            #expect(run(stops, scalars) == whole)

            // And it is what a plain search finds.
            let expected = plainSearch(Array(text.utf8), stops.map { Array($0.utf8) })
            #expect(Array(whole.text.utf8) == expected ?? Array(text.utf8))
            #expect(whole.stopped == (expected != nil))
        }
    }

    /// The text before the first complete stop string; nil when there is none.
    func plainSearch(_ text: [UInt8], _ stops: [[UInt8]]) -> [UInt8]? {
        for end in 0...text.count {
            let before = text[..<end].reversed()
            let longest = stops.filter { !$0.isEmpty && before.starts(with: $0.reversed()) }
                .map(\.count).max()
            if let longest { return Array(text[..<(end - longest)]) }
        }
        return nil
    }
}
