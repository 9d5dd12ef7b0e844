import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct WriterTests {
    // Made anew each time: a constant with enums of this kind counts as leaked memory.
    private static var arrays: [(name: String, array: NPYArray)] {
        [
            ("tokens", NPYArray(.int64(Array(0..<1000)))),
            ("flags", NPYArray(.bool([true, false, true]))),
            ("matrix", NPYArray(.float32(eighths(12)), shape: [3, 4])),
            ("half", NPYArray(.float16([1, -0.5]))),
            ("number", NPYArray(.uint16([50256]), shape: [])),
            ("nothing", NPYArray(.float64([]), shape: [0, 2])),
            ("Grüße/ü", NPYArray(.uint8([1, 2, 3]))),
            ("long", NPYArray(.int32(Array(repeating: 7, count: 2_000_000)))),
        ]
    }

    @Test(arguments: [false, true])
    func whatIsWrittenAsNPZIsReadBack(compressed: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("arrays.npz")
        try NPZWriter.write(Self.arrays, to: path, compressed: compressed)
        let reader = try NPZReader(path: path)
        #expect(reader.names == Self.arrays.map(\.name))
        for (name, array) in Self.arrays {
            #expect(try reader.array(named: name) == array)
        }
        #expect(try names(in: folder.path) == ["arrays.npz"])
    }

    @Test(arguments: [false, true])
    func aLargeArchivesDirectoryIsReadBack(compressed: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("large.npz")
        try AtomicFile.write(to: path) { file in
            // The sizes that need 64 bits, in small.
            var archive = ZipWriter(file, zip64Threshold: 1)
            for (name, array) in Self.arrays.prefix(3) {
                let header = try #require(
                    NPYHeader.bytes(of: array.elements.type, shape: array.shape))
                try array.elements.withUnsafeBytes { elements in
                    try header.withUnsafeBytes {
                        try archive.add(
                            name: name + ".npy", pieces: [$0, elements], compressed: compressed)
                    }
                }
            }
            try archive.finish()
        }
        let reader = try NPZReader(path: path)
        for (name, array) in Self.arrays.prefix(3) {
            #expect(try reader.array(named: name) == array)
        }
    }

    @Test func refusesArraysOfOneNameAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let one = NPYArray(.int64([1]))
        #expect(throws: CheckpointError.self) {
            try NPZWriter.write(
                [("a", one), ("a", one)], to: folder.path("x.npz"), compressed: true)
        }
        #expect(try names(in: folder.path) == [])
    }

    @Test func whatIsWrittenAsSafetensorsIsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.safetensors")
        // More elements than the writer asks for at once.
        let long = (0..<1_500_000).map { Float($0) }
        try SafetensorsWriter.write(
            [
                .init(name: "wte", shape: [3, 500_000], elements: long),
                .init(name: "ln_f.bias", shape: [4], elements: eighths(4)),
                .init(name: "scalar", shape: [], elements: [2.5]),
                .init(name: "empty", shape: [0, 4], elements: []),
            ], to: path)
        let reader = try SafetensorsReader(path: path)
        #expect(reader.metadata == ["format": "pt"])
        #expect(try reader.floats("wte") == long)
        #expect(try reader.floats("ln_f.bias") == eighths(4))
        #expect(try reader.floats("scalar") == [2.5])
        #expect(reader.tensors.first { $0.name == "wte" }?.shape == [3, 500_000])
        #expect(try names(in: folder.path) == ["model.safetensors"])
    }

    @Test func refusesTensorsThatSafetensorsCannotHold() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("x.safetensors")
        for tensors in [
            [("a", [1]), ("a", [1])], [("__metadata__", [1])], [("a", [-1])],
            [("a", [.max, 2])], [("a", [1 << 61]), ("b", [1 << 60])],
        ] as [[(String, [Int])]] {
            #expect(throws: CheckpointError.self) {
                try SafetensorsWriter.write(
                    tensors.map { name, shape in
                        SafetensorsWriter.Tensor(name: name, shape: shape) { _, _ in }
                    }, to: path)
            }
        }
        #expect(try names(in: folder.path) == [])
    }

    @Test func anErrorHalfwayLeavesTheOldFileAndNoTemporary() throws {
        struct Fault: Error {}
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "model.safetensors")
        #expect(throws: Fault.self) {
            try SafetensorsWriter.write(
                [
                    .init(name: "a", shape: [2], elements: [1, 2]),
                    .init(name: "b", shape: [2]) { _, _ in throw Fault() },
                ], to: path)
        }
        #expect(try bytes(of: path) == Array("old".utf8))
        #expect(try names(in: folder.path) == ["model.safetensors"])
    }

    @Test func whatCannotBeWrittenIsACleanErrorThatLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let below = try folder.write("x", to: "file") + "/x"
        #expect(
            throws: CheckpointError.cannotWrite(path: below, operation: "create", errno: ENOTDIR)
        ) {
            try AtomicFile.write(to: below) { try $0.append([1]) }
        }
        #expect(throws: CheckpointError.noFileName) { try AtomicFile.write(to: "") { _ in } }
        #expect(throws: CheckpointError.self) {
            // More than any file system holds, refused before anything is written.
            try AtomicFile.write(to: folder.path("x"), byteCount: 1 << 62) { _ in }
        }
        #expect(try names(in: folder.path) == ["file"])
    }

    @Test func aFullDiskAndAQuotaAreCalledSo() {
        for code in [ENOSPC, EDQUOT] {
            #expect(CheckpointError.writing("x", "write", code) == .diskFull(path: "x"))
        }
        #expect(
            CheckpointError.writing("x", "sync", EIO)
                == .cannotWrite(path: "x", operation: "sync", errno: EIO))
    }

    @Test func whatIsNoFileIsRefusedBeforeAnythingIsWritten() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "model/inside")
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        #expect(symlink("pipe", folder.path("link")) == 0)
        #expect(symlink("gone", folder.path("dangling")) == 0)
        let before = try names(in: folder.path)
        for (name, kind) in [
            ("model", "a folder"), ("pipe", "a pipe or socket"), ("link", "a pipe or socket"),
            ("dangling", "a link that leads nowhere"),
        ] {
            let path = folder.path(name)
            #expect(throws: CheckpointError.notReplaced(path: path, kind: kind)) {
                try AtomicFile.write(to: path) { _ in Issue.record("\(name) is being written") }
            }
        }
        #expect(try names(in: folder.path) == before)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "pipe"
        )
        #expect(Path.kind(folder.path("pipe")) == .other)
        let error = CheckpointError.notReplaced(path: "x", kind: "a device")
        #expect(error.description == "x is a device; name a file.")
    }

    @Test func aLinkStaysAndWhatItLeadsToIsReplaced() throws {
        let folder = try TemporaryFolder()
        let target = try folder.write("old", to: "elsewhere/model-5.safetensors")
        let link = folder.path("latest")
        #expect(symlink("elsewhere/model-5.safetensors", link) == 0)
        try AtomicFile.write(to: link) { try $0.append(Array("new".utf8)) }
        #expect(try bytes(of: target) == Array("new".utf8))
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: link)
                == "elsewhere/model-5.safetensors")
        #expect(try names(in: folder.path) == ["elsewhere", "latest"])
        #expect(try names(in: folder.path("elsewhere")) == ["model-5.safetensors"])
    }

    @Test func aFileShorterThanWhatWasSetAsideEndsWhereItEnds() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("x")
        try AtomicFile.write(to: path, byteCount: 4096) { file in
            try file.append([1, 2, 3])
            try file.replace(at: 1, with: [9])
        }
        #expect(try bytes(of: path) == [1, 9, 3])
    }

    /// The id of a process that has ended.
    private func endedProcess() throws -> Int32 {
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        return ended.processIdentifier
    }

    @Test func writingRemovesWhatAKilledProcessLeft() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "run/.model-5.safetensors.tmp-\(try endedProcess())-abc")
        try folder.write("x", to: "run/.notes.tmp")
        try AtomicFile.write(to: folder.path("run/model-6.safetensors")) { try $0.append([1]) }
        #expect(try names(in: folder.path("run")) == [".notes.tmp", "model-6.safetensors"])
    }

    @Test func aTemporaryThatSomebodyHoldsLockedIsNotSwept() throws {
        let folder = try TemporaryFolder()
        let name = ".model.tmp-\(try endedProcess())-abc"
        let held = open(try folder.write("x", to: name), O_RDONLY | O_CLOEXEC)
        #expect(flock(held, LOCK_SH | LOCK_NB) == 0)
        #expect(try AtomicFile.sweep(folder.path) == [])
        close(held)
        #expect(try AtomicFile.sweep(folder.path) == [name])
    }

    @Test func onlyTemporariesOfDeadProcessesAreSwept() throws {
        let folder = try TemporaryFolder()
        let ended = try endedProcess()
        let dead = ".model-5.safetensors.tmp-\(ended)-abc"
        let kept = [
            ".model-5.safetensors.tmp-\(getpid())-abc", ".model.tmp-0-a", ".model.tmp-x-a",
            ".model.tmp-\(ended)", "model-5.hdf5",
        ]
        for name in kept + [dead] { try folder.write("x", to: name) }
        #expect(try AtomicFile.sweep(folder.path) == [dead])
        #expect(try names(in: folder.path) == kept.sorted())
    }
}
