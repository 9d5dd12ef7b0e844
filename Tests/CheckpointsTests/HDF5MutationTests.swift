import TestSupport
import Testing

@testable import Checkpoints

/// Damaged HDF5 files end in an error or in tensors, never in a trap; and where the format has
/// checksums, never in other tensors.
@Suite struct HDF5MutationTests {
    struct Run: Sendable {
        let file: String
        let seed: UInt64
        let count: Int
        /// The newer format has a checksum over everything but the elements themselves.
        let isChecked: Bool
    }

    static let runs = [
        Run(file: "hdf5-tiny-default", seed: 1, count: 3000, isChecked: false),
        Run(file: "hdf5-tiny-default", seed: 2, count: 3000, isChecked: false),
        Run(file: "hdf5-compact", seed: 3, count: 1000, isChecked: false),
        Run(file: "hdf5-tiny-latest", seed: 4, count: 1500, isChecked: true),
        Run(file: "hdf5-compact-latest", seed: 5, count: 1000, isChecked: true),
        Run(file: "hdf5-deep-latest", seed: 6, count: 500, isChecked: true),
    ]

    @Test(arguments: runs)
    func damaged(_ run: Run) throws {
        let source = WrittenTensors.path(run.file + ".hdf5")
        let original = try HDF5Checkpoint(path: source)
        let folder = try TemporaryFolder()
        let target = folder.path("model.hdf5")
        let file = try HDF5Bytes(run.file + ".hdf5")
        var mutator = ContainerMutator(file.bytes, tables: file.tables, seed: run.seed)
        var refused = 0
        for _ in 0..<run.count {
            try overwrite(target, with: mutator.next())
            do {
                let checkpoint = try HDF5Checkpoint(path: target)
                if run.isChecked { #expect(checkpoint.tensors == original.tensors) }
                _ = try checkpoint.weights()
            } catch is CheckpointError {
                refused += 1
            }
        }
        // The rest hit an element, a name, or room that nothing uses.
        #expect(refused > run.count / 4)
    }

    @Test("what is wrong under a right checksum ends in an error or in tensors too")
    func sealed() throws {
        var file = try HDF5Bytes("hdf5-deep-latest.hdf5")
        let original = file.bytes
        let structures = file.structures
        let folder = try TemporaryFolder()
        let target = folder.path("model.hdf5")
        var refused = 0
        for round in 0..<2500 {
            let structure = structures[round % structures.count]
            var mutator = ContainerMutator(
                Array(original[structure]), tables: [], seed: UInt64(round))
            file.bytes = original
            let damaged = mutator.next().prefix(structure.count)
            file.bytes.replaceSubrange(structure.prefix(damaged.count), with: damaged)
            file.seal(structure)
            try overwrite(target, with: file.bytes)
            do {
                _ = try HDF5Checkpoint(path: target).weights()
            } catch is CheckpointError {
                refused += 1
            }
        }
        #expect(refused > 600)
    }
}
