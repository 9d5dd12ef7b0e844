import TestSupport
import Testing

@testable import Checkpoints

/// Bundles that are well formed to the last checksum but break one rule.
@Suite struct TensorFlowBundleRulesTests {
    private let folder: TemporaryFolder
    private let index: String
    private let shard: String

    init() throws {
        folder = try TemporaryFolder()
        index = folder.path("model.index")
        shard = folder.path("model.data-00000-of-00001")
    }

    /// The error of opening a bundle of tensors a and b after `change`.
    private func fault(_ change: (inout BundleWriter) -> Void) throws -> CheckpointError? {
        var writer = BundleWriter(tensors: [.init("a"), .init("b")])
        change(&writer)
        let path = try writer.write(to: folder)
        return #expect(throws: CheckpointError.self) { try TensorFlowBundle(path: path) }
    }

    private func malformed(_ part: String, _ fault: String) -> CheckpointError {
        .malformed(path: index, part: part, fault: fault)
    }

    @Test("the writer's own bundles are read, several shards and empty tensors included")
    func right() throws {
        var writer = BundleWriter(tensors: [.init("a"), .init("b", count: 0), .init("c")])
        #expect(try TensorFlowBundle(path: writer.write(to: folder)).weights().count == 3)
        writer.header = Encoded.field(1, varint: 2)
        writer.shardCount = 2
        writer.tensors[2].shard = 1
        writer.tensors[2].offset = 0
        writer.data = [writer.tensors[0].data, writer.tensors[2].data]
        let weights = try TensorFlowBundle(path: writer.write(to: folder)).weights()
        #expect(weights["a"] == weights["c"])
    }

    @Test func missingIndex() {
        #expect(throws: CheckpointError.noSuchFile(path: index)) {
            try TensorFlowBundle(path: folder.path("model"))
        }
    }

    @Test func missingShard() throws {
        let second = folder.path("model.data-00001-of-00002")
        #expect(
            try fault {
                $0.header = Encoded.field(1, varint: 2)
                $0.shardCount = 2
            } == .noSuchFile(path: second))
    }

    @Test func headers() throws {
        let header = "block 0"
        #expect(
            try fault { $0.hasHeader = false }
                == malformed(header, "the bundle's header is missing"))
        #expect(
            try fault { $0.header = Encoded.field(1, varint: 0) }
                == malformed(header, "0 is not a possible number of shards"))
        #expect(
            try fault { $0.header = Encoded.field(1, varint: 1 << 40) }
                == malformed(header, "1099511627776 is not a possible number of shards"))
        #expect(
            try fault { $0.header += Encoded.field(2, varint: 1) }
                == .unsupported(path: index, feature: "big-endian numbers"))
        #expect(
            try fault { $0.header += Encoded.field(3, bytes: Encoded.field(2, varint: 9)) }
                == .unsupported(path: index, feature: "version 9 of TensorFlow bundles"))
    }

    @Test func keys() throws {
        let order = malformed("block 0", "its keys are not in order")
        #expect(try fault { $0.tensors.swapAt(0, 1) } == order)
        #expect(try fault { $0.tensors[1].key = $0.tensors[0].key } == order)
        #expect(
            try fault { $0.tensors[1].key = [0xFF, 0xFE] }
                == malformed("block 0", "a tensor's name is not valid UTF-8"))
        #expect(
            try fault { $0.tensors[1].key = [UInt8](repeating: 0x62, count: 1025) }
                == malformed("the index block", "a key is longer than 1024 bytes"))
    }

    @Test("two spellings of one name are not two tensors")
    func spellings() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let thrown = try fault { $0.tensors = [.init(decomposed), .init(composed)] }
        #expect(thrown == .duplicateTensor(path: index, tensor: composed))
    }

    @Test func places() throws {
        #expect(
            try fault { $0.tensors[1].offset = 4 } == .overlap(path: shard, tensor: "b"))
        #expect(
            try fault { $0.tensors[1].offset = 12 }
                == .tooShort(path: shard, part: "tensor b", end: 20, size: 16))
        #expect(
            try fault { $0.tensors[1].offset = UInt64(Int.max) }
                == .malformed(
                    path: shard, part: "tensor b", fault: "its offset or length is impossible"))
        #expect(
            try fault { $0.tensors[1].offset = 1 << 63 }
                == malformed("block 0", "its offset is impossible"))
        #expect(
            try fault { $0.tensors[1].shard = 1 }
                == malformed("block 0", "it is in shard 1 of 1"))
    }

    @Test func shapes() throws {
        #expect(
            try fault { $0.tensors[1].shape = [3] }
                == .wrongLength(path: index, tensor: "b", bytes: 8, expected: 12))
        #expect(
            try fault { $0.tensors[1].byteCount = 4 }
                == .wrongLength(path: index, tensor: "b", bytes: 4, expected: 8))
        let impossible = malformed("tensor b", "its shape is impossible")
        #expect(try fault { $0.tensors[1].shape = [1 << 62, 4] } == impossible)
        #expect(try fault { $0.tensors[1].shape = [1 << 61, 1] } == impossible)
        #expect(
            try fault { $0.tensors[1].shape = [.max] }
                == malformed("block 0", "its dimension is impossible"))
        #expect(
            try fault { $0.tensors[1].shape = Array(repeating: 1, count: 33) }
                == malformed("block 0", "it has more than 32 dimensions"))
        #expect(try fault { $0.tensors[1].type = 0 } == malformed("block 0", "it has no type"))
    }

    @Test func compressed() throws {
        #expect(
            try fault { $0.compression = 1 }
                == .unsupported(path: index, feature: "snappy compression"))
        #expect(
            try fault { $0.compression = 9 }
                == malformed("block 0", "it is compressed in an unknown way (9)"))
    }

    @Test func messages() throws {
        #expect(
            try fault { $0.tensors[1].extra = [0xFF] } == malformed("block 0", "it ends too early"))
        #expect(
            try fault { $0.tensors[1].extra = [0x20] + Array(repeating: 0xFF, count: 11) }
                == malformed("block 0", "an integer in it is longer than 64 bits"))
        #expect(
            try fault { $0.tensors[1].extra = [7 << 3 | 3] }
                == malformed("block 0", "it has a field of a kind that nobody writes"))
        #expect(
            try fault { $0.tensors[1].extra = [0] }
                == malformed("block 0", "it has a field numbered 0"))
        #expect(
            try fault { $0.tensors[1].extra = Encoded.field(6, varint: 1) }
                == malformed("block 0", "its checksum is not four bytes"))
    }

    @Test func restarts() throws {
        #expect(
            try fault { writer in
                writer.changeBlock = { block in
                    block.removeLast(4)
                    block += Encoded.word(.max)
                }
            }
                == malformed("block 0", "its number of restarts is impossible"))
        #expect(
            try fault { $0.changeBlock = { $0[$0.count - 8] = 1 } }
                == malformed("block 0", "its restarts are not in order"))
        #expect(
            try fault {
                $0.changeBlock = { block in
                    block.removeLast(4)
                    block += Encoded.word(5) + Encoded.word(2)
                }
            } == malformed("block 0", "its restarts are not where its keys are"))
        #expect(
            try fault { $0.changeBlock = { $0[0] = 1 } }
                == malformed("block 0", "a key shares more than there is"))
    }

    @Test func footers() throws {
        #expect(
            try fault { $0.changeIndex = { $0[$0.count - 1] ^= 1 } }
                == malformed("the footer", "it does not end as a TensorFlow index does"))
        #expect(
            try fault { $0.changeIndex = { $0 = Array($0.suffix(47)) } }
                == .tooShort(path: index, part: "the footer", end: 48, size: 47))
        #expect(
            try fault { writer in
                writer.changeIndex = { file in
                    // A block of 2^63 - 1 bytes at 0.
                    let handles = [0] + Encoded.varint(UInt64(Int.max)) + [0, 0]
                    file.replaceSubrange(
                        file.count - 48..<file.count - 48 + handles.count, with: handles)
                }
            }
                == malformed("the metaindex block", "its offset or length is impossible"))
    }

    @Test func checksums() throws {
        #expect(
            try fault { $0.changeIndex = { $0[3] ^= 1 } }
                == .wrongChecksum(path: index, part: "block 0"))
        var writer = BundleWriter(tensors: [.init("a"), .init("b")])
        writer.data[0][15] ^= 0x80
        let bundle = try TensorFlowBundle(path: writer.write(to: folder))
        #expect(throws: CheckpointError.wrongChecksum(path: shard, part: "tensor b")) {
            try bundle.elements(TensorInfo(name: "b", shape: [2], elementType: .float32))
        }
    }

    @Test("an index larger than any is not read")
    func largeIndex() throws {
        let bytes = [UInt8](repeating: 0, count: SortedTable.fileLimit + 1)
        try folder.write(bytes, to: "model.index")
        #expect(
            throws: CheckpointError.tooLarge(
                path: index, part: "the index", bytes: bytes.count, limit: SortedTable.fileLimit)
        ) { try TensorFlowBundle(path: folder.path("model")) }
    }
}
