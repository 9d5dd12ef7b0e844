import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct PositionedFileTests {
    @Test func namesWhatIsNotARegularFile() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("nobody")
        #expect(throws: CheckpointError.noSuchFile(path: missing)) {
            try PositionedFile(path: missing)
        }
        #expect(throws: CheckpointError.notAFile(path: folder.path, kind: "a folder")) {
            try PositionedFile(path: folder.path)
        }
        #expect(throws: CheckpointError.notAFile(path: "/dev/zero", kind: "a device")) {
            try PositionedFile(path: "/dev/zero")
        }
        let pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: CheckpointError.notAFile(path: pipe, kind: "a pipe or socket")) {
            try PositionedFile(path: pipe)
        }
    }

    @Test(arguments: [(-1, 1), (0, -1), (.max, 1), (1, .max), (.min, .min), (4, 1), (0, 5)])
    func refusesWhatLiesOutside(offset: Int, count: Int) throws {
        let folder = try TemporaryFolder()
        let file = try PositionedFile(path: folder.write([1, 2, 3, 4], to: "four"))
        #expect(throws: CheckpointError.self) {
            try file.bytes(at: offset, count: count, part: "it")
        }
        #expect(try file.bytes(at: 4, count: 0, part: "it") == [])
        #expect(try file.bytes(at: 1, count: 3, part: "it") == [2, 3, 4])
    }

    @Test func aRunOfManyChunksArrivesWhole() throws {
        // Longer than two chunks and not a multiple of one, so that workers share it unevenly.
        let count = ParallelRead.chunkByteCount / 2 * 5 / 2 + 3
        let halves = (0..<count).map { UInt16(truncatingIfNeeded: $0 % 31_744) }
        let folder = try TemporaryFolder()
        let path = folder.path("halves")
        try halves.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
        let file = try PositionedFile(path: path)
        var result = [Float](repeating: -1, count: count)
        try result.withUnsafeMutableBufferPointer {
            try file.readElements(at: 0, of: .float16, into: $0, tensor: "halves")
        }
        let wrong = (0..<count).first { result[$0] != Float(Float16(bitPattern: halves[$0])) }
        #expect(wrong == nil)
    }

    @Test func theFirstErrorOfManyWorkersIsThrown() {
        struct Fault: Error {}
        #expect(throws: Fault.self) {
            try ParallelRead.forEach(1000) { if $0 == 500 { throw Fault() } }
        }
    }

    @Test func tensorsAreReadOnSeveralThreadsIntoBuffersOfTheirOwn() throws {
        let source = try SafetensorsReader(path: checkpointFixture("mixed.safetensors"))
        let wanted = source.tensors.filter(\.elementType.isFloating)
        let total = wanted.reduce(0) { $0 + ($1.elementCount ?? 0) }
        var arena = [Float](repeating: .nan, count: total)
        try arena.withUnsafeMutableBufferPointer { arena in
            var start = 0
            let rooms = wanted.map { tensor in
                let end = start + (tensor.elementCount ?? 0)
                defer { start = end }
                return Destination(
                    buffer: UnsafeMutableBufferPointer(rebasing: arena[start..<end]))
            }
            try ParallelRead.forEach(rooms.count) { index in
                try source.read(wanted[index].name, into: rooms[index].buffer)
            }
        }
        let expected = try wanted.flatMap { try source.floats($0.name) }
        #expect(arena == expected)
    }
}
