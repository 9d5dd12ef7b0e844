import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct NPYFileTests {
    @Test func writtenArrayIsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        let array = NPYArray(.int16([1, -2, 3, 4, 5, 6]), shape: [2, 3])
        try array.write(to: path)
        #expect(try NPYArray(path: path) == array)
    }

    @Test func elementsLieAtTheOffset() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        try NPYArray(.uint16([1, 2, 0x0304])).write(to: path)
        let file = try NPYFile(path: path)
        #expect(file.elementType == .uint16 && file.shape == [3] && file.elementCount == 3)
        #expect(file.offset + 6 == file.file.size)
        #expect(try file.file.bytes(at: file.offset, count: 6, part: "it") == [1, 0, 2, 0, 4, 3])
    }

    @Test func shortFileIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        try NPYArray(.uint16([1, 2, 3])).write(to: path)
        let size = try bytes(of: path).count
        try truncate(path, to: UInt64(size - 1))
        #expect(
            throws: CheckpointError.wrongLength(
                path: path, tensor: "the file", bytes: 5, expected: 6)
        ) { try NPYFile(path: path) }
    }
}
