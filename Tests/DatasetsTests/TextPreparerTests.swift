import Testing

@testable import Datasets

@Suite struct TextPreparerTests {
    private func prepared(
        _ bytes: [UInt8], inPiecesOf count: Int, encoding: TextPreparer.Encoding = .utf8
    ) throws -> [UInt8] {
        var preparer = TextPreparer(encoding: encoding, path: "x")
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            result += try preparer.append(bytes[start..<min(start + count, bytes.count)])
        }
        return try result + preparer.finish()
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func howTheFileIsCutChangesNothing(count: Int) throws {
        let text = "cafÃ© “now”\r\n\u{FEFF}two\n\n日本 ☕ last"
        let expected = "café \"now\"\ntwo\n\n日本 ☕ last"
        #expect(try prepared(Array(text.utf8), inPiecesOf: count) == Array(expected.utf8))
    }

    @Test func otherEncodingsBecomeUTF8() throws {
        let bytes: [UInt8] = [0x63, 0x61, 0x66, 0xE9, 0x20, 0x80, 0x0A]
        let found = try prepared(bytes, inPiecesOf: 2, encoding: .windows1252)
        #expect(found == Array("café €\n".utf8))
        #expect(
            try prepared([0xC3, 0xA9], inPiecesOf: 1, encoding: .latin1) == Array("é".utf8))
    }

    @Test func aLineTooLongIsMendedInPartsThatKeepItsCharacters() throws {
        let line = String(repeating: "日本", count: TextPreparer.longestPart / 4)
        #expect(try prepared(Array(line.utf8), inPiecesOf: 1 << 16) == Array(line.utf8))
    }

    @Test func whatIsNoUTF8IsToldByItsPlaceAlone() throws {
        let bytes = Array("one\nsecret ".utf8) + [0xFF] + Array(" secret\n".utf8)
        for count in [1, 4, 100] {
            let error = #expect(throws: PreparationError.self) {
                try prepared(bytes, inPiecesOf: count)
            }
            #expect(error == .notUTF8(path: "x", line: 2, offset: 11))
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func thePlaceIsThatOfTheFileAlsoBehindWhatIsJoined() throws {
        // A character past U+FFFF in its two halves, which become four bytes.
        let bytes: [UInt8] =
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80] + Array("ab".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: PreparationError.self) { try prepared(bytes, inPiecesOf: 100) }
        #expect(error == .notUTF8(path: "x", line: 1, offset: 8))
    }

    @Test func linesThatChangedAreCounted() throws {
        var preparer = TextPreparer(encoding: .utf8, path: "x")
        _ = try preparer.append(Array("good\nbaÃ© \nété\n’tis".utf8))
        _ = try preparer.finish()
        #expect(preparer.repairedCount == 2)
    }
}
