import Serving
import Testing

@Suite struct SentenceFilterTests {
    func run(_ pieces: [String], cutShort: Bool) -> (during: String, all: String) {
        var filter = SentenceFilter()
        let during = pieces.reduce("") { $0 + filter.append($1) }
        return (during, during + (cutShort ? filter.cutShort() : filter.finish()))
    }

    @Test(arguments: [
        ("One. Two", "One."), ("One. Two.", "One. Two."), ("One! Two? Th", "One! Two?"),
        ("Pi is 3.14 and", "Pi is 3.14 and"), ("Yes. Pi is 3.14 and", "Yes."),
        ("He said \"No.\" Then", "He said \"No.\""), ("Wait... no. A", "Wait... no."),
        ("Line one\nline tw", "Line one\n"), ("你好。再", "你好。"), ("(So.) It", "(So.)"),
        ("No end", "No end"), ("", ""), ("\n", "\n"), ("\n\nNo end", "\n\nNo end"),
    ])
    func aReplyCutShortEndsWithItsLastWholeSentence(text: String, expected: String) {
        #expect(run([text], cutShort: true).all == expected)
        #expect(run(text.map { String($0) }, cutShort: true).all == expected)
    }

    @Test(arguments: ["One. Two", "No end", "", "A.\nB", "3.14. x", "\"Hi.\" she"])
    func aReplyThatEndsByItselfIsWhole(text: String) {
        #expect(run([text], cutShort: false).all == text)
        #expect(run(text.map { String($0) }, cutShort: false).all == text)
    }

    @Test func sentencesComeOutAsSoonAsTheyAreWhole() {
        var filter = SentenceFilter()
        #expect(filter.append("Hello the") == "")
        #expect(filter.append("re.") == "")
        #expect(filter.append("5 is") == "")
        #expect(filter.append(" it. And") == "Hello there.5 is it.")
        #expect(filter.append(" more") == "")
        #expect(filter.cutShort() == "")
    }
}
