import TestSupport
import Testing

@testable import Checkpoints

/// Files that h5py wrote; see `make_bundle_fixtures.py`.
@Suite struct HDF5CheckpointTests {
    static let formats = ["default", "earliest", "v108", "v110", "latest"]
    static let files =
        formats.flatMap { ["hdf5-\($0)", "hdf5-deep-\($0)", "hdf5-tiny-\($0)"] } + [
            "hdf5-gpt2", "hdf5-wide-default", "hdf5-wide-latest", "hdf5-float16", "hdf5-float64",
            "hdf5-compact", "hdf5-compact-latest", "hdf5-attributes", "hdf5-attributes-latest",
            "hdf5-tracked", "hdf5-userblock",
        ]

    @Test(arguments: files)
    func everyElement(file: String) throws {
        let checkpoint = try HDF5Checkpoint(path: WrittenTensors.path(file + ".hdf5"))
        let expected = try WrittenTensors.infos(of: file + ".hdf5")
        #expect(!expected.isEmpty)
        #expect(checkpoint.tensors == expected)
        for info in expected {
            let values = WrittenTensors.values(
                info.name, count: info.elementCount ?? 0, type: info.elementType)
            #expect(try checkpoint.elements(info) == values, "\(info.name)")
        }
    }

    @Test("integers, strings and empty datasets are listed and refused when they are read")
    func others() throws {
        let path = WrittenTensors.path("hdf5-others.hdf5")
        let checkpoint = try HDF5Checkpoint(path: path)
        #expect(checkpoint.tensors == (try WrittenTensors.infos(of: "hdf5-others.hdf5")))
        for info in checkpoint.tensors where !info.elementType.isFloating {
            #expect(
                throws: CheckpointError.notFloating(
                    path: path, tensor: info.name, type: info.elementType)
            ) { try checkpoint.elements(info) }
        }
        let empty = TensorInfo(name: "none/of/it", shape: [0, 4], elementType: .float32)
        #expect(try checkpoint.elements(empty).isEmpty)
    }

    @Test("a dataset that was made but never written has no weights")
    func neverWritten() throws {
        let path = WrittenTensors.path("hdf5-others.hdf5")
        #expect(
            throws: CheckpointError.malformed(
                path: path, part: "tensor never/written", fault: "its values were never written")
        ) {
            try HDF5Checkpoint(path: path).elements(
                TensorInfo(name: "never/written", shape: [2, 2], elementType: .float32))
        }
    }

    @Test("one dataset under two names is two tensors with the same values")
    func hardLink() throws {
        let weights = try HDF5Checkpoint(path: WrittenTensors.path("hdf5-hard-link.hdf5"))
            .weights()
        #expect(Array(weights.keys.sorted()) == ["model/again", "model/wte:0"])
        #expect(weights["model/again"] == weights["model/wte:0"])
    }

    @Test(arguments: [
        ("chunked", "chunked storage (tensor model/wte:0)"),
        ("chunked-latest", "chunked storage (tensor model/wte:0)"),
        ("gzip", "gzip compression (tensor model/wte:0)"),
        ("gzip-latest", "gzip compression (tensor model/wte:0)"),
        ("shuffle", "the shuffle filter (tensor model/wte:0)"),
        ("fletcher", "the Fletcher32 filter (tensor model/wte:0)"),
        ("big-endian", "big-endian numbers (tensor model/wte:0)"),
        ("external", "external data files (tensor model/wte:0)"),
        ("virtual", "a virtual dataset (tensor model/wte:0)"),
        ("soft-link", "a soft link (model/alias)"),
        ("soft-link-latest", "a soft link (model/alias)"),
        ("external-link", "an external link (model/alias)"),
        ("external-link-latest", "an external link (model/alias)"),
        ("named-type", "a named type (kind)"),
        ("cycle", "a group that is linked twice (model/self)"),
        ("huge-name-latest", "a very long name in the header of model"),
        ("cycle-latest", "a group that is linked twice (model/self)"),
    ])
    func refused(file: String, feature: String) {
        let path = WrittenTensors.path("hdf5-refused-\(file).hdf5")
        #expect(throws: CheckpointError.unsupported(path: path, feature: feature)) {
            try HDF5Checkpoint(path: path)
        }
    }

    @Test(arguments: [
        (
            "nested", "the header of " + Array(repeating: "g", count: 33).joined(separator: "/"),
            "it is nested deeper than 32 groups"
        ),
        ("name", "the header of model", "a name is longer than 1024 bytes"),
        ("name-latest", "the header of model", "a name is longer than 1024 bytes"),
    ])
    func outOfBounds(file: String, part: String, fault: String) {
        let path = WrittenTensors.path("hdf5-refused-\(file).hdf5")
        #expect(throws: CheckpointError.malformed(path: path, part: part, fault: fault)) {
            try HDF5Checkpoint(path: path)
        }
    }

    @Test("an unknown name and a buffer of the wrong size are errors")
    func wrongRequests() throws {
        let path = WrittenTensors.path("hdf5-tiny-default.hdf5")
        let checkpoint = try HDF5Checkpoint(path: path)
        #expect(throws: CheckpointError.noSuchTensor(path: path, tensor: "wpe")) {
            try checkpoint.elements(TensorInfo(name: "wpe", shape: [1], elementType: .float32))
        }
        #expect(
            throws: CheckpointError.wrongBuffer(
                path: path, tensor: "model/wte:0", count: 5, expected: 6)
        ) {
            try checkpoint.elements(
                TensorInfo(name: "model/wte:0", shape: [5], elementType: .float32))
        }
    }
}
