import JSON
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct StreamingDecoderTests {
    private func streamed(_ ids: [TokenID], _ tokenizer: BytePairTokenizer) throws -> [String] {
        var decoder = StreamingDecoder(tokenizer)
        return try ids.map { try decoder.append($0) } + [decoder.finish()]
    }

    @Test func characterComesWithItsLastByte() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        let ids = tokenizer.encode("a👍é")
        #expect(try streamed(ids, tokenizer) == ["a", "", "", "", "👍", "", "é", ""])
    }

    @Test func brokenCharacterIsReplacedOnceItCannotBeFinished() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        let id = tokenizer.vocabulary.byteTokens
        func stream(_ bytes: [UInt8]) throws -> [String] {
            try streamed(bytes.map { id[Int($0)] }, tokenizer)
        }
        #expect(try stream([0xE2, 0x82, 0x41]) == ["", "", "\u{FFFD}A", ""])
        #expect(try stream([0xF0, 0x9F]) == ["", "", "\u{FFFD}"])
        #expect(try stream([0xFF, 0x80]) == ["\u{FFFD}", "\u{FFFD}", ""])
        #expect(try stream([0xED, 0xA0]) == ["", "\u{FFFD}\u{FFFD}", ""])
        #expect(try stream([0xC3, 0xC3, 0xA9]) == ["", "\u{FFFD}", "é", ""])
    }

    @Test func allPiecesJoinedEqualTheDecodingInOne() throws {
        let tokenizer = try Vocabularies.small.get()
        for record in try lines(of: "tokenizer/decodings.jsonl")
        where record["vocabulary"]?.string == "small" {
            let ids = try #require(record["ids"]?.array).compactMap { $0.integer.map(TokenID.init) }
            let text = try #require(record["text"]?.string)
            #expect(Array(try streamed(ids, tokenizer).joined().utf8) == Array(text.utf8))
        }
    }

    @Test func everyBrokenInputStreamsAsItDecodesInOne() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        for encoding in try Encoding.all.get() where encoding.text == nil {
            let ids = encoding.bytes.map { tokenizer.vocabulary.byteTokens[Int($0)] }
            let whole = String(decoding: encoding.bytes, as: UTF8.self)
            #expect(Array(try streamed(ids, tokenizer).joined().utf8) == Array(whole.utf8))
        }
    }

    @Test func unknownIdIsAnErrorAndLosesNothing() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        var decoder = StreamingDecoder(tokenizer)
        let ids = tokenizer.encode("é")
        #expect(try decoder.append(ids[0]) == "")
        #expect(throws: TokenizerError.self) { try decoder.append(-1) }
        #expect(try decoder.append(ids[1]) == "é")
    }

    @Test func decoderStartsAnewAfterFinish() throws {
        let tokenizer = try Vocabularies.tokenizer(merges: [])
        var decoder = StreamingDecoder(tokenizer)
        _ = try decoder.append(tokenizer.encode("é")[0])
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
        #expect(try decoder.append(tokenizer.encode("a")[0]) == "a")
    }
}
