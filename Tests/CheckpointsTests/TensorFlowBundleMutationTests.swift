import TestSupport
import Testing

@testable import Checkpoints

/// Damaged bundles: whatever happens, the tensors are the original's or there is an error.
@Suite struct TensorFlowBundleMutationTests {
    private static let prefix = WrittenTensors.path("bundle-tiny")
    private static let shardSuffix = ".data-00000-of-00001"

    /// Opens and reads 2,500 bundles of which the file at `suffix` is damaged.
    private func load(
        seed: UInt64, damaging suffix: String
    ) throws -> (refused: Int, different: Int) {
        let folder = try TemporaryFolder()
        for each in [".index", Self.shardSuffix] {
            try folder.write(bytes(of: Self.prefix + each), to: "model" + each)
        }
        let path = folder.path("model")
        let original = try TensorFlowBundle(path: path)
        let weights = try original.weights()
        // Nothing in these files is not a table: the data are 40 bytes, each under a checksum.
        var mutator = ContainerMutator(try bytes(of: path + suffix), tables: [], seed: seed)
        var outcome = (refused: 0, different: 0)
        for _ in 0..<2500 {
            try overwrite(path + suffix, with: mutator.next())
            do {
                let bundle = try TensorFlowBundle(path: path)
                let found = try bundle.weights()
                if found != weights || bundle.tensors != original.tensors {
                    outcome.different += 1
                }
            } catch is CheckpointError {
                outcome.refused += 1
            }
        }
        return outcome
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func index(seed: UInt64) throws {
        let outcome = try load(seed: seed, damaging: ".index")
        #expect(outcome.different == 0)
        // Only the padding of the footer may change unnoticed.
        #expect(outcome.refused > 2000)
    }

    @Test("what is wrong under a right checksum ends in an error or in tensors too")
    func sealed() throws {
        let folder = try TemporaryFolder()
        var writer = BundleWriter(tensors: [.init("a"), .init("b", [1, 2], data: Array(0..<8))])
        let path = try writer.write(to: folder)
        var refused = 0
        for round in 0..<2500 {
            writer.changeBlock = { block in
                var mutator = ContainerMutator(block, tables: [], seed: UInt64(round))
                block = mutator.next()
            }
            try overwrite(path + ".index", with: writer.index)
            do {
                _ = try TensorFlowBundle(path: path).weights()
            } catch is CheckpointError {
                refused += 1
            }
        }
        #expect(refused > 1500)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func data(seed: UInt64) throws {
        let outcome = try load(seed: seed, damaging: Self.shardSuffix)
        #expect(outcome.different == 0)
        #expect(outcome.refused > 2000)
    }
}
