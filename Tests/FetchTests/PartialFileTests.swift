import Foundation
import TestSupport
import Testing

@testable import Fetch

@Suite struct PartialFileTests {
    @Test func fileThatWasFinishedMeanwhileIsNotWrittenTo() throws {
        let folder = try TemporaryFolder()
        let target = folder.path("file")
        try folder.write("whole", to: "file.part")
        var count = 0
        let partial = try PartialFile(of: target) {
            count += 1
            if count == 1 { #expect(rename(target + ".part", target) == 0) }
        }
        #expect(count == 2)
        #expect(partial.byteCount == 0)
        try partial.append(Data("new".utf8))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "whole")
        #expect(try String(contentsOfFile: target + ".part", encoding: .utf8) == "new")
    }

    @Test func fileThatWasDiscardedMeanwhileIsMadeAnew() throws {
        let folder = try TemporaryFolder()
        let target = folder.path("file")
        try folder.write("wrong", to: "file.part")
        var count = 0
        let partial = try PartialFile(of: target) {
            count += 1
            if count == 1 { unlink(target + ".part") }
        }
        #expect(partial.byteCount == 0)
        #expect(FileManager.default.fileExists(atPath: target + ".part"))
    }

    @Test func fileThatAnotherWritesIsBusy() throws {
        let folder = try TemporaryFolder()
        let first = try PartialFile(of: folder.path("file"))
        #expect(throws: FetchError.busy(path: first.target)) {
            try PartialFile(of: first.target)
        }
    }
}
