import Testing

@testable import Tokenizer

@Suite struct WordCacheTests {
    private func key(_ word: String, in text: String) throws -> WordCache.Key {
        var text = text
        return try text.withUTF8 { bytes in
            let pattern = Array(word.utf8)
            let start = try #require(
                (0...bytes.count - pattern.count).first {
                    bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
                })
            return WordCache.Key(start..<start + pattern.count, of: bytes)
        }
    }

    @Test func aWordIsFoundWhateverStandsBehindIt() throws {
        for word in ["a", "eight by", "nine byte", "exactly fifteen", "exactly sixteen!"] {
            var cache = WordCache()
            cache.insert(try key(word, in: word), tokens: [1, 2, 3])
            for text in [word, word + "?", word + String(repeating: "x", count: 40)] {
                var tokens: [TokenID] = [9]
                #expect(cache.append(try key(word, in: text), to: &tokens))
                #expect(tokens == [9, 1, 2, 3])
            }
        }
    }

    @Test func wordsThatDifferInTrailingZerosAreDifferent() throws {
        var cache = WordCache()
        cache.insert(try key("a", in: "a"), tokens: [1])
        var tokens: [TokenID] = []
        #expect(!cache.append(try key("a\0", in: "a\0"), to: &tokens))
        #expect(tokens.isEmpty)
    }

    @Test func wordOfTooManyTokensIsNotKept() throws {
        var cache = WordCache()
        let word = try key("twelve bytes", in: "twelve bytes")
        cache.insert(word, tokens: Array(repeating: 7, count: WordCache.mostTokens + 1)[...])
        var tokens: [TokenID] = []
        #expect(!cache.append(word, to: &tokens))
        cache.insert(word, tokens: Array(repeating: 7, count: WordCache.mostTokens)[...])
        #expect(cache.append(word, to: &tokens))
        #expect(tokens.count == WordCache.mostTokens)
    }
}
