import Foundation
import TestSupport
import Testing

@testable import Tokenizer

@Suite struct VocabularyFilesTests {
    private func vocabulary() throws -> TrainedVocabulary {
        var trainer = try BytePairTrainer(vocabularySize: 259)
        trainer.add("abc")
        trainer.add("abc")
        return try trainer.train()
    }

    @Test(arguments: VocabularyFiles.allCases)
    func writtenVocabularyIsReadBack(names: VocabularyFiles) throws {
        let folder = try TemporaryFolder()
        try vocabulary().write(to: folder.path("new/model"), as: names)
        let tokenizer = try BytePairTokenizer.load(folder: folder.path("new/model"))
        #expect(tokenizer.encode("abcab") == [257, 256])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("new/model"))
        #expect(Set(files) == [names.vocabulary, names.merges])
    }

    @Test func openAIsNamesComeFirst() throws {
        let folder = try TemporaryFolder()
        try vocabulary().write(to: folder.path, as: .huggingFace)
        try folder.write("{", to: "encoder.json")
        #expect(VocabularyFiles.found(in: folder.path) == .huggingFace)
        try vocabulary().write(to: folder.path)
        #expect(VocabularyFiles.found(in: folder.path) == .openAI)
    }

    @Test func folderWithoutVocabularyIsAnErrorThatNamesIt() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: TokenizerError.self) {
            try BytePairTokenizer.load(folder: folder.path)
        }
        #expect(error?.file == folder.path)
        #expect(error?.description.contains("encoder.json and vocab.bpe") == true)
    }

    @Test(arguments: ["/nonexistent/encoder.json", "/dev/zero", "/tmp"])
    func fileThatCannotBeReadIsAnErrorThatNamesIt(path: String) throws {
        let error = #expect(throws: TokenizerError.self) {
            try BytePairTokenizer.load(vocabulary: path, merges: path)
        }
        #expect(error?.file == path)
        guard case .unreadable = error?.fault else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func damagedFilesAreAnErrorOrAVocabularyNeverATrap() throws {
        let folder = fixture("tokenizer/small").path
        let good = try ["encoder.json", "vocab.bpe"].map {
            try WholeFile.read("\(folder)/\($0)")
        }
        var random = SeededGenerator(state: 1969)
        var refused = 0
        for round in 0..<150 {
            var files = good
            let which = round % 2
            let place = Int.random(in: files[which].indices, using: &random)
            switch round % 3 {
            case 0: files[which][place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: files[which].removeSubrange(place...)
            default: files[which].remove(at: place)
            }
            do {
                let tokenizer = try BytePairTokenizer(vocabulary: files[0], merges: files[1])
                let text = "To be, or not to be: that is the question."
                #expect(try tokenizer.decodeText(tokenizer.encode(text)) == text)
            } catch let error as TokenizerError {
                refused += 1
                #expect(error.file == ["encoder.json", "vocab.bpe"][which] || which == 0)
                #expect(!error.description.isEmpty)
            }
        }
        #expect(refused > 75)
    }

    @Test func fileBeyondTheLimitIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("12345", to: "file")
        #expect(try WholeFile.read(path, limit: 5).count == 5)
        #expect(throws: TokenizerError(.fileTooLarge(limit: 4), file: path)) {
            try WholeFile.read(path, limit: 4)
        }
    }

    @Test func pipeIsRefusedWithoutWaiting() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(throws: TokenizerError.self) { try WholeFile.read(folder.path("pipe")) }
    }

    @Test func unwritableFolderIsAnErrorAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        try folder.write("a file", to: "taken")
        #expect(throws: TokenizerError.self) { try vocabulary().write(to: folder.path("taken/x")) }
        #expect(throws: TokenizerError.self) {
            try WholeFile.write([1], to: folder.path("missing/file"))
        }
    }

    @Test func whatIsNoFileIsNotReplaced() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(symlink("pipe", folder.path("link")) == 0)
        try folder.write("x", to: "folder/inside")
        for (name, kind) in [
            ("pipe", "a pipe or socket"), ("link", "a pipe or socket"), ("folder", "a folder"),
        ] {
            let path = folder.path(name)
            #expect(throws: TokenizerError(.notReplaced(kind: kind), file: path)) {
                try WholeFile.write([1], to: path)
            }
        }
        #expect(throws: TokenizerError(.noFileName)) { try WholeFile.write([1], to: "") }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == ["pipe", "link", "folder"])
    }

    @Test func linkStaysAndItsFileIsReplaced() throws {
        let folder = try TemporaryFolder()
        try folder.write("old", to: "elsewhere/vocab.bpe")
        #expect(symlink("elsewhere/vocab.bpe", folder.path("link")) == 0)
        try WholeFile.write(Array("new".utf8), to: folder.path("link"))
        #expect(try WholeFile.read(folder.path("elsewhere/vocab.bpe")) == Array("new".utf8))
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link"))
                == "elsewhere/vocab.bpe")
    }

    @Test func fileIsReplacedWhole() throws {
        let folder = try TemporaryFolder()
        try folder.write("the old text, which is longer", to: "file")
        try WholeFile.write(Array("new".utf8), to: folder.path("file"))
        #expect(try WholeFile.read(folder.path("file")) == Array("new".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
}
