import TestSupport
import Testing

@testable import Checkpoints

@Suite struct OpenCheckpointTests {
    @Test("HDF5 files and bundles are opened as what they are")
    func kinds() throws {
        let file = try openCheckpoint(WrittenTensors.path("hdf5-tiny-default.hdf5"))
        #expect(file is HDF5Checkpoint)
        let bundle = try openCheckpoint(WrittenTensors.path("bundle-tiny.index"))
        #expect(bundle is TensorFlowBundle)
        #expect(bundle.tensors.count == file.tensors.count)
    }
}
