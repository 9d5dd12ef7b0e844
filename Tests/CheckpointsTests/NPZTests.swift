import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct NPZTests {
    // MARK: Reading what NumPy wrote

    @Test(arguments: ["weights.npz", "weights-deflated.npz"])
    func readsWeightsOfEveryFloatingType(name: String) throws {
        let source = try NPZCheckpoint(path: checkpointFixture(name))
        #expect(
            source.tensors == [
                TensorInfo(name: "double", shape: [2, 2], elementType: .float64),
                TensorInfo(name: "empty", shape: [0, 3], elementType: .float32),
                TensorInfo(name: "half", shape: [5], elementType: .float16),
                TensorInfo(
                    name: "model/h0/attn/c_attn/w", shape: [1, 2, 3], elementType: .float32),
                TensorInfo(name: "model/wte:0", shape: [3, 4], elementType: .float32),
                TensorInfo(name: "scalar", shape: [], elementType: .float32),
            ])
        for tensor in source.tensors where tensor.name != "scalar" {
            #expect(try source.floats(tensor.name) == eighths(tensor.elementCount ?? -1))
        }
        #expect(try source.floats("scalar") == [2.5])
    }

    /// Each costs a look at the file, and a directory of the size that is read names a million.
    @Test func moreMembersThanAModelHasAreRefusedAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("many.npz")
        let array = NPYArray(.float32([1]))
        let arrays = (0...NPZCheckpoint.tensorLimit).map { (name: "t\($0)", array: array) }
        try NPZWriter.write(Array(arrays.dropLast()), to: path, compressed: false)
        #expect(try NPZCheckpoint(path: path).tensors.count == NPZCheckpoint.tensorLimit)
        try NPZWriter.write(arrays, to: path, compressed: false)
        let error = #expect(throws: CheckpointError.self) { try NPZCheckpoint(path: path) }
        #expect(error?.description.contains("more than 8192 members") == true)
        // Datasets may have as many.
        #expect(try NPZReader(path: path).names.count == arrays.count)
    }

    @Test func readsEveryElementType() throws {
        let reader = try NPZReader(path: checkpointFixture("types.npz"))
        let expected: [String: NPYArray.Elements] = [
            "float64": .float64([0, 1, 100]), "float32": .float32([0, 1, 100]),
            "float16": .float16([0, 1, 100]), "int64": .int64([0, 1, 100]),
            "int32": .int32([0, 1, 100]), "int16": .int16([0, 1, 100]),
            "int8": .int8([0, 1, 100]), "uint64": .uint64([0, 1, 100]),
            "uint32": .uint32([0, 1, 100]), "uint16": .uint16([0, 1, 100]),
            "uint8": .uint8([0, 1, 100]), "bool": .bool([false, true, true]),
        ]
        #expect(Set(reader.names) == Set(expected.keys))
        for (name, elements) in expected {
            let array = try reader.array(named: name)
            #expect(array == NPYArray(elements))
            if name.contains("int") { #expect(array.integers == [0, 1, 100]) }
        }
        #expect(throws: CheckpointError.noSuchTensor(path: reader.path, tensor: "x")) {
            try reader.array(named: "x")
        }
    }

    @Test func readsDataThatDeflatesAThousandfold() throws {
        let path = checkpointFixture("repeated.npz")
        let array = try NPZReader(path: path).array(named: "arr_0")
        #expect(array.shape == [200_000])
        #expect(array.elements == .int64(Array(repeating: 198, count: 200_000)))
        let size = 1_600_128
        #expect(
            throws: CheckpointError.tooLarge(
                path: path, part: "the arrays together", bytes: size, limit: size - 1)
        ) { try NPZReader(path: path, maximumByteCount: size - 1) }
    }

    @Test(arguments: ["zip64-2GiB.npz", "zip64-4GiB.npz"])
    func readsADirectoryInZip64(name: String) throws {
        let reader = try NPZReader(path: checkpointFixture(name))
        #expect(reader.names == ["first", "second"])
        #expect(try reader.array(named: "first").elements == .float32(eighths(3)))
        #expect(try reader.array(named: "second").elements == .int64([0, 1, 2, 3]))
    }

    @Test func readsSingleArrays() throws {
        let shard = try NPYArray(path: checkpointFixture("shard.npy"))
        #expect(shard == NPYArray(.uint16([15496, 11, 995, 50256])))
        let later = try NPYArray(path: checkpointFixture("version2.npy"))
        #expect(later == NPYArray(.float32(eighths(4)), shape: [2, 2]))
    }

    @Test(
        arguments: [
            ("object.npz", "pickle"), ("torch.zip", "pickle"), ("fortran.npz", "Fortran order"),
            ("big-endian.npz", "big-endian"), ("text.npz", "<U5"), ("structure.npz", "header"),
        ])
    func refuses(file: String, saying words: String) throws {
        let error = #expect(throws: CheckpointError.self) {
            let reader = try NPZReader(path: checkpointFixture(file))
            _ = try reader.array(named: "arr_0")
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    // MARK: Refusing what is not as NumPy writes it

    @Test(
        arguments: [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", true),
            ("{\"shape\":(1,),\"descr\":\"<f4\",\"fortran_order\":False}", true),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", true),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }", true),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", true),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }", false),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", false),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", false),
            ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", false),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", false),
            ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", false),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + {}", false),
            ("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", false),
            ("{'descr': '<f4', 'fortran_order': False", false),
            ("", false),
        ])
    func header(text: String, isAccepted: Bool) {
        #expect((NPYDictionary(Array(text.utf8)) != nil) == isAccepted)
    }

    @Test(
        arguments: [
            ("(3,)", "need 12"), ("(1,)", "need 4"), ("(4294967296, 4294967296)", "shape"),
            ("(4611686018427387904,)", "shape"),
        ])
    func refusesAShapeThatItsBytesDoNotFill(shape: String, words: String) throws {
        let folder = try TemporaryFolder()
        let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}".utf8)
        let path = try folder.write(
            NPYHeader.magic + [1, 0, UInt8(header.count), 0] + header
                + [UInt8](repeating: 0, count: 8), to: "x.npy")
        let error = #expect(throws: CheckpointError.self) { try NPYArray(path: path) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func refusesALongHeaderBeforeReadingIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            NPYHeader.magic + [2, 0, 1, 0, 1, 0] + [UInt8](repeating: 0x20, count: 65_537),
            to: "x.npy")
        #expect(
            throws: CheckpointError.tooLarge(
                path: path, part: "the header of the file", bytes: 65_537, limit: 65_536)
        ) { try NPYArray(path: path) }
    }

    /// Offsets of fields in `weights.npz`'s first directory entry and local header.
    @Test func refusesAlteredDirectories() throws {
        let original = try bytes(of: checkpointFixture("weights.npz"))
        let entry = try #require(firstIndex(of: [0x50, 0x4B, 1, 2], in: original))
        let end = try #require(firstIndex(of: [0x50, 0x4B, 5, 6], in: original))
        let second = try #require(
            firstIndex(of: [0x50, 0x4B, 1, 2], in: original, from: entry + 4))
        let cases: [(at: Int, bytes: [UInt8], words: String)] = [
            (entry + 8, [1, 0], "encrypted"),
            (entry + 10, [12, 0], "compression method 12"),
            (entry + 24, [1], "contradict"),
            (entry + 34, [1, 0], "several disks"),
            (entry + 46, [0xFF], "not UTF-8"),
            (entry + 46, [0x4D], "not the directory's"),
            (entry + 42, [4], "does not begin"),
            (second + 42, [0, 0, 0, 0], "not the directory's"),
            (end + 4, [1, 0], "several disks"),
            (end + 8, [5, 0, 5, 0], "announced"),
            (end + 12, [0], "right before it"),
            (end + 16, [0xFF, 0xFF, 0xFF, 0xFF], "zip64 locator"),
            (end + 20, [1], "not there"),
            (0, [0], "local header"),
        ]
        for alteration in cases {
            var altered = original
            altered.replaceSubrange(
                alteration.at..<alteration.at + alteration.bytes.count, with: alteration.bytes)
            let error = #expect(throws: CheckpointError.self, "\(alteration)") {
                try read(altered)
            }
            #expect(
                error?.description.contains(alteration.words) == true,
                "\(alteration): \(String(describing: error))")
        }
    }

    @Test func refusesAMemberWhoseBytesAreNotThoseOfItsChecksum() throws {
        for name in ["weights.npz", "weights-deflated.npz"] {
            let original = try bytes(of: checkpointFixture(name))
            let entry = try #require(firstIndex(of: [0x50, 0x4B, 1, 2], in: original))
            var altered = original
            altered[entry + 16] ^= 1
            let error = #expect(throws: CheckpointError.self) { try read(altered) }
            guard case .wrongChecksum = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func refusesTwoMembersOfOneName() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("twice.npz")
        try AtomicFile.write(to: path) { file in
            var archive = ZipWriter(file)
            for _ in 0..<2 {
                try archive.add(name: "a.npy", pieces: [], compressed: false)
            }
            try archive.finish()
        }
        let error = #expect(throws: CheckpointError.self) { try NPZReader(path: path) }
        #expect(error?.description.contains("stands twice") == true)
    }

    private func read(_ container: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let reader = try NPZReader(path: folder.write(container, to: "x.npz"))
        for name in reader.names { _ = try reader.array(named: name) }
    }

    private func firstIndex(of pattern: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        (start..<bytes.count - pattern.count).first { bytes[$0...].starts(with: pattern) }
    }
}
