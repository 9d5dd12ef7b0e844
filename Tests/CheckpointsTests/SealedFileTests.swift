import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct SealedFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let note: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    static func contents(_ label: String, byteCount: Int) -> SealedFile.Contents {
        SealedFile.Contents(
            label: Array(label.utf8), byteCount: byteCount, noteByteCount: note.count)
    }

    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }
    }

    @discardableResult
    func write(_ label: String, _ bytes: [UInt8]) throws -> String {
        let path = folder.path("sealed")
        try bytes.withUnsafeBytes { run in
            try SealedFile.write(
                to: path, contents: Self.contents(label, byteCount: run.count), note: Self.note,
                run: run)
        }
        return path
    }

    /// What is in the file; nil where it is not of those contents.
    func read(_ label: String, byteCount: Int) throws -> [UInt8]? {
        let contents = Self.contents(label, byteCount: byteCount)
        guard let file = try SealedFile(path: folder.path("sealed"), contents: contents) else {
            return nil
        }
        #expect(file.note == Self.note)
        var bytes = [UInt8](repeating: 0xAA, count: byteCount)
        try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return bytes
    }

    @Test func aLinkIsReplacedAndNeverFollowed() throws {
        let bytes = Self.bytes(100)
        let path = try write("label\n", bytes)
        let other = folder.path("other")
        try FileManager.default.moveItem(atPath: path, toPath: other)
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: other)
        #expect(try read("label\n", byteCount: 100) == nil)
        try write("another\n", bytes)
        #expect(try read("another\n", byteCount: 100) == bytes)
        #expect(
            try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
                == .typeRegular)
        let untouched = SealedFile.Contents(
            label: Array("label\n".utf8), byteCount: 100, noteByteCount: Self.note.count)
        #expect(try SealedFile(path: other, contents: untouched) != nil)
    }

    @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, (9 << 20) + 123])
    func whatIsWrittenIsRead(byteCount: Int) throws {
        let bytes = Self.bytes(byteCount)
        try write("label\n", bytes)
        #expect(try read("label\n", byteCount: byteCount) == bytes)
    }

    /// Labels of all lengths around where the header grows by a page.
    @Test func aLabelOfAnyLengthFits() throws {
        for length in [0, 1] + Array(4060...4100) {
            let label = String(repeating: "x", count: length)
            let path = try write(label, [9])
            #expect(try read(label, byteCount: 1) == [9])
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count % 4096 == 1)
        }
    }

    @Test func aFileOfOtherContentsIsNotRead() throws {
        try write("label\nline\n", Self.bytes(100))
        for other in ["label\nlinf\n", "label\n", "label\nline\nline\n", ""] {
            #expect(try read(other, byteCount: 100) == nil)
        }
        #expect(try read("label\nline\n", byteCount: 99) == nil)
        #expect(try read("label\nline\n", byteCount: 100) != nil)
    }

    @Test func aFileThatIsNotThereIsNotRead() throws {
        #expect(try read("label", byteCount: 1) == nil)
    }

    @Test func aBitFlippedAnywhereIsSeen() throws {
        let path = try write("label\n", Self.bytes(300))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(whole.count == 4096 + 300)
        for index in whole.indices {
            var flipped = whole
            flipped[index] ^= 1 << UInt8(index % 8)
            try folder.write(flipped, to: "sealed")
            let result = Result { try read("label\n", byteCount: 300) }
            switch result {
            case .success(let bytes): #expect(bytes == nil, "byte \(index)")
            case .failure(CheckpointError.wrongChecksum): break
            case .failure(let error): Issue.record(error)
            }
        }
    }

    @Test func aBitFlippedInAnyPieceOfALongRunIsSeen() throws {
        let count = (5 << 20) + 77
        let path = try write("label\n", Self.bytes(count))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for place in [0, 1 << 20, (2 << 20) - 1, (4 << 20) + 5, count - 1] {
            var flipped = whole
            flipped[4096 + place] ^= 0x10
            try folder.write(flipped, to: "sealed")
            #expect(throws: CheckpointError.self) { try read("label\n", byteCount: count) }
        }
    }

    @Test func aFileOfAnyOtherLengthIsNotRead() throws {
        let path = try write("label\n", Self.bytes(300))
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in Array(stride(from: 0, to: whole.count, by: 97)) + [whole.count - 1] {
            try folder.write(whole.prefix(length), to: "sealed")
            #expect(try read("label\n", byteCount: 300) == nil)
        }
        try folder.write(whole + [0], to: "sealed")
        #expect(try read("label\n", byteCount: 300) == nil)
    }
}
