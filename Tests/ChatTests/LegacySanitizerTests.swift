import Chat
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct LegacySanitizerTests {
    @Test func everyTextTheOriginalCleanedComesOutTheSame() throws {
        let lines = try Data(contentsOf: fixture("sanitizer/legacy.jsonl")).split(separator: 0x0A)
        #expect(lines.count == 500)
        for line in lines {
            let value = try JSONParser.parse([UInt8](line))
            let names = try #require(value["names"]?.array).compactMap(\.string)
            let input = try #require(value["in"]?.string)
            let expected = try #require(value["out"]?.string)
            let result = Sanitizer(.chatbotLegacy, names: names).clean(input)
            #expect(Array(result.utf8) == Array(expected.utf8), "\(line)")
        }
    }

    @Test(arguments: [
        (
            """
            1|mom|Hi! <EOM>\n1|mom|How are you doing, Mom? <EOM>\n0|mom|Hi Son. <EOM>
            0|mom|great <EOM>\n1|mom|FIFTH <EOM>
            """, "Hi! \nHow are you doing, Mom? \nHi Son. \ngreat "
        ),
        ("I have 20 apples and 10 pears, 200 dogs", "I have apples and 1pears, 0dogs"),
        ("See you at 2 pm, room 201", "See you at pm, room 01"),
        ("SEARCH the SEASON (maybe)", "S. E. A.RCH the S. E. A.SON maybe "),
        ("a=b & c -- d + e <E>", "a b c d e "),
        ("0|bob|hey<EOM>", "bob hey"), ("|dad|hi", "hi"), ("|mom|hi", " mom hi"),
        ("|+dad|q", "q"), ("|+mom|q", " mom q"), ("10|x", "1x"),
        ("http://x.com https://y", " ://x.com ://y"), ("v2.0 2nd", "v2.nd"), ("cats 2", "cats "),
        ("2 cats", "2 cats"), ("100 200 300", "100300"), ("", ""),
        // A heart without the variation selector survives; a selector after another scalar does.
        ("\u{2764}", "\u{2764}"), ("a\u{2764}\u{FE0F}b", "a b"), ("x\u{FE0F}", "x\u{FE0F}"),
        // One character to Swift, several scalars to Python.
        ("=\u{301}", " \u{301}"), ("(\u{200D}", " \u{200D}"), ("&\u{FE0F}\r\n", "\u{FE0F}\r\n"),
        ("SE\u{C1}", "SE\u{C1}"), ("SEA\u{301}", "S. E. A.\u{301}"),
    ])
    func goldenVectorsComeOutAsTheOriginalMadeThem(input: String, expected: String) {
        let result = Sanitizer(.chatbotLegacy, names: ["mom", "dad"]).clean(input)
        #expect(Array(result.utf8) == Array(expected.utf8))
    }

    @Test func anEmptyListOfNamesIsOneEmptyName() {
        #expect(Sanitizer.names(in: "") == [""])
        #expect(Sanitizer.names(in: "mom,,+1 ") == ["mom", "", "+1 "])
        let result = Sanitizer(.chatbotLegacy, names: [""]).clean("0|mom|banana| |+|x||y")
        #expect(result == "mom banana xy")
    }

    @Test func bytesThatAreNoUTF8PassThrough() {
        let result = Sanitizer(.chatbotLegacy, names: []).clean([0xFF, 0x26, 0xE2, 0x9D, 0x28])
        #expect(result == [0xFF, 0xE2, 0x9D, 0x20])
    }

    @Test func aStreamAnswersInOnePieceAtTheEnd() {
        var stream = StreamingSanitizer(Sanitizer(.chatbotLegacy, names: ["mom"]))
        #expect(stream.append("0|mom|hi <E") == "")
        #expect(stream.append("OM>") == "")
        #expect(stream.finish() == "hi ")
        #expect(stream.finish() == "")
    }
}
