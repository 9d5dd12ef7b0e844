import TestSupport
import Testing

@testable import Checkpoints

/// Ten thousand damaged copies of each container: every one is an error with a sentence, or
/// loads as tensors of the shapes it declares. That the test ends is most of what it asserts.
@Suite struct MutationTests {
    private static let count = 10_000

    @Test func damagedSafetensorsAreErrorsOrTensors() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("small.safetensors")
        try SafetensorsWriter.write(
            [
                .init(name: "wte", shape: [3, 2], elements: eighths(6)),
                .init(name: "b", shape: [2], elements: eighths(2)),
            ], to: path)
        let original = try bytes(of: path)
        let data = original.count - 32
        var mutator = ContainerMutator(original, tables: [0..<8, 8..<data], seed: 1)
        var errors = 0
        for _ in 0..<Self.count {
            let mutation = mutator.next()
            try overwrite(path, with: mutation)
            do {
                let reader = try SafetensorsReader(path: path)
                for tensor in reader.tensors where tensor.elementType.isFloating {
                    let count = try #require(tensor.elementCount)
                    #expect(count * 2 <= mutation.count)
                    #expect(try reader.floats(tensor.name).count == count)
                }
            } catch let error as CheckpointError {
                errors += 1
                #expect(error.description.contains(path))
            }
        }
        // A changed name or weight cannot be told from another model; most damage can.
        #expect(errors > Self.count / 2)
    }

    @Test(arguments: [false, true])
    func damagedNPZNeverLoadsOtherValues(compressed: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("small.npz")
        let arrays: [(name: String, array: NPYArray)] = [
            ("w", NPYArray(.float32(eighths(6)), shape: [2, 3])),
            ("tokens", NPYArray(.int64([1, 2, 3]))),
        ]
        try NPZWriter.write(arrays, to: path, compressed: compressed)
        let original = try bytes(of: path)
        let directory = try #require(
            (0..<original.count).first { original[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        var mutator = ContainerMutator(
            original, tables: [directory..<original.count, 0..<160], seed: 2)
        var errors = 0
        for _ in 0..<Self.count / 2 {
            try overwrite(path, with: mutator.next())
            do {
                let reader = try NPZReader(path: path)
                for name in reader.names {
                    let array = try reader.array(named: name)
                    // A damaged name, in both places, is all that a checksum does not cover.
                    #expect(arrays.contains { $0.array == array })
                }
                let checkpoint = try NPZCheckpoint(path: path)
                for tensor in checkpoint.tensors where tensor.elementType.isFloating {
                    #expect(try checkpoint.floats(tensor.name) == eighths(6))
                }
            } catch let error as CheckpointError {
                errors += 1
                #expect(error.description.contains(path))
            }
        }
        #expect(errors > Self.count / 4)
    }
}
