import TestSupport
import Testing

@testable import Datasets

@Suite struct TextEncodingTests {
    @Test(
        arguments: [
            ("utf-8", .utf8), ("UTF8", .utf8), ("utf_8", .utf8), ("latin-1", .latin1),
            ("latin1", .latin1), ("iso-8859-1", .latin1), ("windows-1252", .windows1252),
            ("cp1252", .windows1252), ("ascii", .ascii), ("utf-16", .utf16),
            ("utf-16-le", .utf16LittleEndian),
        ] as [(String, TextEncoding)])
    func pythonsSpellingsAreKnown(name: String, encoding: TextEncoding) throws {
        #expect(try TextEncoding(named: name) == encoding)
    }

    @Test func anotherNameIsAnErrorThatListsAll() throws {
        let error = try #require(throws: DatasetError.self) {
            try TextEncoding(named: "koi8-r")
        }
        #expect(error == .unknownEncoding("koi8-r"))
        for name in TextEncoding.names { #expect(error.description.contains(name)) }
    }

    @Test(
        arguments: [
            ("utf-8.txt", "utf-8", "text"), ("utf-8-sig.txt", "utf-8", "text"),
            ("utf-16.txt", "utf-16", "text"),
            ("utf-16.txt", "utf-16-le", "text"), ("utf-16-be.txt", "utf-16-be", "text"),
            ("cp1252.txt", "cp1252", "western"), ("latin-1.txt", "latin-1", "latin"),
        ])
    func textIsTheOnePythonWrote(file: String, encoding: String, text: String) throws {
        let reader = TextReader(encoding: try TextEncoding(named: encoding))
        #expect(try reader.read(TrainingData.path(file)) == TrainingData.text(text))
    }

    @Test(
        arguments: [
            (.utf8, [0x61, 0xC3, 0xA9, 0xE9, 0x20], 3), (.utf8, [0x61, 0xE2, 0x82], 1),
            (.utf8, [0xEF, 0xBB, 0xBF, 0x61, 0xFF], 4), (.ascii, [0x61, 0x62, 0x80], 2),
            (.windows1252, [0xE9, 0x81], 1), (.utf16, [0xFF, 0xFE, 0x61, 0x00, 0x00, 0xDC], 4),
            (.utf16, [0x61, 0x00, 0x61], 2), (.utf16BigEndian, [0xD8, 0x00, 0x00, 0x61], 0),
        ] as [(TextEncoding, [UInt8], Int)])
    func bytesThatAreNoCharacterAreFound(
        encoding: TextEncoding, bytes: [UInt8], offset: Int
    ) throws {
        #expect(throws: TextEncoding.Undecodable(offset: offset)) {
            try encoding.text(of: bytes)
        }
    }

    @Test func wrongEncodingIsAnErrorWithFilePlaceAndRemedy() throws {
        let path = TrainingData.path("cp1252.txt")
        let error = try #require(throws: DatasetError.self) {
            try TextReader(encoding: .utf8).read(path)
        }
        #expect(error == .undecodable(path: path, offset: 4, as: .utf8, likely: nil))
        for part in [path, "byte 4", "--encoding"] { #expect(error.description.contains(part)) }
    }

    @Test func byteOrderMarkSaysWhichEncodingToGive() throws {
        let error = try #require(throws: DatasetError.self) {
            try TextReader(encoding: .utf8).read(TrainingData.path("utf-16.txt"))
        }
        #expect(error.description.contains("--encoding utf-16"))
    }

    @Test(arguments: [TextEncoding.utf8, .latin1])
    func zerosAreNoText(encoding: TextEncoding) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([0x61, 0x0A, 0x00, 0x89], to: "file")
        #expect(throws: DatasetError.binary(path: path, offset: 2)) {
            try TextReader(encoding: encoding).read(path)
        }
    }

    @Test func zerosOfSixteenBitsAreNoText() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([0xFF, 0xFE, 0x61, 0x00, 0x00, 0x00], to: "file")
        #expect(throws: DatasetError.binary(path: path, offset: 4)) {
            try TextReader(encoding: .utf16).read(path)
        }
    }

    @Test func lineEndsBecomeLineFeeds() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a\r\nb\rc\n\r\r\nd\r", to: "file")
        #expect(try TextReader(encoding: .utf8).read(path) == "a\nb\nc\n\n\nd\n")
    }
}
