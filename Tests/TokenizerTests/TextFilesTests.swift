import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct TextFilesTests {
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in ["b.txt", "a.txt", "deep/c.txt", "deep/er/d.md", ".hidden", ".git/x"] {
            try folder.write(name, to: name)
        }
        return folder
    }

    @Test func fileIsItself() throws {
        let folder = try folder()
        #expect(try TextFiles.matching(folder.path("b.txt")) == [folder.path("b.txt")])
    }

    @Test func folderIsAllBelowItInOrder() throws {
        let folder = try folder()
        let expected = ["a.txt", "b.txt", "deep/c.txt", "deep/er/d.md"].map(folder.path)
        #expect(try TextFiles.matching(folder.path) == expected)
    }

    @Test func patternIsWhatMatchesIt() throws {
        let folder = try folder()
        let texts = ["a.txt", "b.txt"].map(folder.path)
        #expect(try TextFiles.matching(folder.path("*.txt")) == texts)
        let deep = ["deep/c.txt", "deep/er/d.md"].map(folder.path)
        #expect(try TextFiles.matching(folder.path("d*")) == deep)
    }

    @Test func aFolderThatCannotBeReadIsAnErrorThatNamesIt() throws {
        let folder = try folder()
        let closed = folder.path("deep/er")
        #expect(chmod(closed, 0) == 0)
        defer { chmod(closed, 0o700) }
        let error = try #require(
            throws: TokenizerError.self,
            performing: { try asNobody { try TextFiles.matching(folder.path) } })
        #expect(error.file == closed)
    }

    /// Looks at files with the rights of a user who owns none, since root may read every folder.
    /// The system keeps these rights for each thread, so no other test notices.
    private func asNobody<Result>(_ body: () throws -> Result) throws -> Result {
        guard geteuid() == 0 else { return try body() }
        typealias SetFSUID = @convention(c) (uid_t) -> Int32
        let symbol = try #require(dlsym(nil, "setfsuid"))
        let setfsuid = unsafeBitCast(symbol, to: SetFSUID.self)
        _ = setfsuid(65534)
        defer { _ = setfsuid(0) }
        return try body()
    }

    @Test(arguments: ["missing.txt", "*.csv", "empty"])
    func nothingIsAnErrorThatNamesThePath(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "empty/.hidden")
        #expect(throws: TokenizerError(.noTexts, file: folder.path(name))) {
            try TextFiles.matching(folder.path(name))
        }
    }

    @Test func lineEndsBecomeLineFeeds() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a\r\nb\rc\n\r\r\n\nd\r", to: "file")
        #expect(Array(try TextFiles.read(path).utf8) == Array("a\nb\nc\n\n\n\nd\n".utf8))
    }

    @Test(
        arguments: [
            ([0x61, 0xFF], 1), ([0xC3], 0), ([0xC3, 0xA9, 0xE2, 0x82], 2),
            ([0x61, 0xED, 0xA0, 0x80], 1),
            ([0xF0, 0x9F, 0x99, 0x82, 0x80], 4), ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 0),
        ] as [([UInt8], Int)])
    func textThatIsNotUTF8IsAnErrorWithItsPlace(bytes: [UInt8], offset: Int) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "file")
        #expect(throws: TokenizerError(.textNotUTF8(offset: offset), file: path)) {
            try TextFiles.read(path)
        }
    }

    @Test func firstInvalidByteAgreesWithTheStandardLibrary() throws {
        for encoding in try Encoding.all.get() {
            let place = UTF8Sequence.firstInvalid(in: encoding.bytes)
            #expect((place == encoding.bytes.count) == (encoding.text != nil))
            #expect(String(validating: encoding.bytes[..<place], as: UTF8.self) != nil)
        }
    }
}
