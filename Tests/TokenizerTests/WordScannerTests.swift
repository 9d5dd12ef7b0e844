import Testing

@testable import Tokenizer

@Suite struct WordScannerTests {
    private func words(_ text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = WordScanner(bytes)
            var words: [String] = []
            while let word = scanner.next() {
                words.append(String(decoding: bytes[word], as: UTF8.self))
            }
            return words
        }
    }

    @Test func wordsKeepTheirLeadingSpace() {
        #expect(words("Hello world 42!") == ["Hello", " world", " 42", "!"])
        #expect(words("") == [])
    }

    @Test func contractionsAreLowerCaseOnly() {
        #expect(
            words("it's we'll I've you're") == [
                "it", "'s", " we", "'ll", " I", "'ve", " you", "'re",
            ])
        #expect(words("IT'S") == ["IT", "'", "S"])
        #expect(words("'tis") == ["'t", "is"])
        #expect(words(" 's") == [" '", "s"])
        #expect(words("!'s") == ["!'", "s"])
        #expect(words("'l") == ["'", "l"])
        #expect(words("'") == ["'"])
    }

    @Test func lastSpaceOfARunBelongsToTheNextWord() {
        #expect(words("a   b") == ["a", "  ", " b"])
        #expect(words("a\n\nb") == ["a", "\n", "\n", "b"])
        #expect(words("a \n") == ["a", " \n"])
        #expect(words("a\u{3000}\u{3000}b") == ["a", "\u{3000}", "\u{3000}", "b"])
        #expect(words("\u{A0}b") == ["\u{A0}", "b"])
        #expect(words("  ") == ["  "])
    }

    @Test func informationSeparatorsAreNotWhiteSpace() {
        #expect(words("a\u{1C}\u{1F}b") == ["a", "\u{1C}\u{1F}", "b"])
        #expect(words("a\u{85}b") == ["a", "\u{85}", "b"])
    }

    @Test func numbersOfAllScriptsAreNumbers() {
        #expect(words("x²½Ⅻ٣a") == ["x", "²½Ⅻ٣", "a"])
    }

    @Test func combiningMarksAreNotLetters() {
        #expect(words("cafe\u{301}s") == ["cafe", "\u{301}", "s"])
    }

    @Test func everyScalarIsInOneWord() {
        let all = String(String.UnicodeScalarView((0...0x10FFFF).compactMap(Unicode.Scalar.init)))
        #expect(words(all).reduce(0) { $0 + $1.utf8.count } == all.utf8.count)
    }
}
