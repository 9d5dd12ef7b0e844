import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Bundles that TensorFlow wrote; see `make_bundle_fixtures.py`.
@Suite struct TensorFlowBundleTests {
    static let files = [
        "bundle-gpt2", "bundle-adam", "bundle-shards", "bundle-blocks", "bundle-types",
        "bundle-tiny", "bundle-objects",
    ]

    @Test(arguments: files)
    func everyElement(file: String) throws {
        let bundle = try TensorFlowBundle(path: WrittenTensors.path(file))
        let expected = try WrittenTensors.infos(of: file)
        #expect(!expected.isEmpty)
        #expect(bundle.tensors == expected)
        for info in expected where info.elementType.isFloating {
            let values = WrittenTensors.values(
                info.name, count: info.elementCount ?? 0, type: info.elementType)
            #expect(try bundle.elements(info) == values, "\(info.name)")
        }
    }

    @Test("the name of the index and TensorFlow's own name open the same bundle")
    func bothNames() throws {
        let path = WrittenTensors.path("bundle-tiny")
        let bundle = try TensorFlowBundle(path: path + ".index")
        #expect(bundle.path == path)
        #expect(try bundle.weights().count == 3)
    }

    @Test("many tensors are read at once")
    func manyAtOnce() throws {
        let bundle = try TensorFlowBundle(path: WrittenTensors.path("bundle-gpt2"))
        let weights = bundle.tensors.map { info in
            (info, UnsafeMutableBufferPointer<Float>.allocate(capacity: info.elementCount ?? 0))
        }
        defer { for (_, room) in weights { room.deallocate() } }
        let rooms = weights.map { Destination(buffer: $0) }
        try ParallelRead.forEach(rooms.count) { index in
            let (info, room) = rooms[index].buffer
            try bundle.read(info.name, into: room)
        }
        for (info, room) in weights {
            #expect(
                Array(room)
                    == WrittenTensors.values(info.name, count: room.count, type: .float32))
        }
    }

    @Test("a tensor longer than a chunk has its checksum put together from the chunks'")
    func chunks() throws {
        let folder = try TemporaryFolder()
        let count = ParallelRead.chunkByteCount / 4 * 2 + 12_345
        let values = (0..<count).map { Float($0) }
        let data = values.withUnsafeBytes { Array($0) }
        var written = BundleWriter(tensors: [.init("wte", [count], data: data)])
        let path = try written.write(to: folder)
        #expect(try TensorFlowBundle(path: path).weights() == ["wte": values])
        written.data[0][ParallelRead.chunkByteCount + 5] ^= 0x10
        try written.write(to: folder)
        let damaged = try TensorFlowBundle(path: path)
        #expect(
            throws: CheckpointError.wrongChecksum(
                path: path + ".data-00000-of-00001", part: "tensor wte")
        ) { try damaged.weights() }
    }

    @Test("what cannot be weights is listed and refused only when it is read")
    func others() throws {
        let path = WrittenTensors.path("bundle-objects")
        let bundle = try TensorFlowBundle(path: path)
        for info in bundle.tensors where !info.elementType.isFloating {
            #expect(throws: CheckpointError.self) { try bundle.elements(info) }
        }
        #expect(
            throws: CheckpointError.notFloating(
                path: path + ".data-00000-of-00001",
                tensor: "layer/step/.ATTRIBUTES/VARIABLE_VALUE",
                type: .int64)
        ) {
            try bundle.elements(
                TensorInfo(
                    name: "layer/step/.ATTRIBUTES/VARIABLE_VALUE", shape: [], elementType: .int64))
        }
    }

    @Test("a partitioned variable is refused by name")
    func slices() throws {
        let path = WrittenTensors.path("bundle-slices")
        #expect(
            throws: CheckpointError.unsupported(
                path: path + ".index", feature: "a partitioned variable (tensor model/wte)")
        ) { try TensorFlowBundle(path: path) }
    }

    @Test("an unknown name and a buffer of the wrong size are errors")
    func wrongRequests() throws {
        let path = WrittenTensors.path("bundle-tiny")
        let bundle = try TensorFlowBundle(path: path)
        #expect(throws: CheckpointError.noSuchTensor(path: path, tensor: "wpe")) {
            try bundle.elements(TensorInfo(name: "wpe", shape: [1], elementType: .float32))
        }
        #expect(
            throws: CheckpointError.wrongBuffer(
                path: path, tensor: "model/wte", count: 5, expected: 6)
        ) {
            try bundle.elements(
                TensorInfo(name: "model/wte", shape: [5], elementType: .float32))
        }
    }
}
