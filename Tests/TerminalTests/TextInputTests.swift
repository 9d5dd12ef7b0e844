import Foundation
import TestSupport
import Testing

@testable import Terminal

@Suite struct TextInputTests {
    @Test func aFileIsReadUpToTheLimitAndNoFurther() throws {
        let folder = try TemporaryFolder()
        let kept = try folder.write("12345", to: "text")
        #expect(try TextInput.read(kept, limit: 5) == Array("12345".utf8))
        #expect(throws: TerminalError.tooLarge(path: kept, limit: 4)) {
            try TextInput.read(kept, limit: 4)
        }
        #expect(throws: TerminalError.cannotRead(path: folder.path, code: EISDIR)) {
            try TextInput.read(folder.path, limit: 5)
        }
    }

    @Test func errorsOfFoundationAreToldByTheirCause() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: (any Error).self) {
            try Data(contentsOf: URL(fileURLWithPath: folder.path("nowhere")))
        }
        #expect(systemReason(try #require(error)) == "No such file or directory")
        #expect(systemReason(TerminalError.cannotWriteOutput(code: EIO)) == nil)
    }
}
