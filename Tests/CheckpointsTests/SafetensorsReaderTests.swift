import TestSupport
import Testing

@testable import Checkpoints

@Suite struct SafetensorsReaderTests {
    @Test func readsEveryFloatingTypeAndListsTheOthers() throws {
        let reader = try SafetensorsReader(path: checkpointFixture("mixed.safetensors"))
        #expect(
            reader.tensors.map(\.name) == [
                "bf16", "empty", "f16", "f32", "f64", "flags", "i64", "scalar",
            ])
        #expect(reader.metadata == ["format": "np"])
        for (name, shape) in [
            ("f32", [3, 4]), ("f16", [2, 5]), ("bf16", [7]), ("f64", [2, 2, 2]),
        ] {
            #expect(reader.tensors.first { $0.name == name }?.shape == shape)
            #expect(try reader.floats(name) == eighths(shape.reduce(1, *)))
        }
        #expect(try reader.floats("scalar") == [2.5])
        #expect(try reader.floats("empty").isEmpty)
        #expect(throws: CheckpointError.notFloating(path: reader.path, tensor: "i64", type: .int64))
        { try reader.floats("i64") }
    }

    @Test func refusesAnUnknownNameAndABufferOfTheWrongSize() throws {
        let reader = try SafetensorsReader(path: checkpointFixture("mixed.safetensors"))
        var room = [Float](repeating: 0, count: 3)
        room.withUnsafeMutableBufferPointer { room in
            #expect(throws: CheckpointError.noSuchTensor(path: reader.path, tensor: "nobody")) {
                try reader.read("nobody", into: room)
            }
            #expect(
                throws: CheckpointError.wrongBuffer(
                    path: reader.path, tensor: "f32", count: 3, expected: 12)
            ) { try reader.read("f32", into: room) }
        }
    }

    @Test func acceptsAHeaderPaddedWithSpacesAndTensorsInAnyOrderOfNames() throws {
        let reader = try open(
            #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":"#
                + #"{"data_offsets":[0,4],"shape":[],"dtype":"F32"}}    "#,
            data: floats([3, 5]))
        #expect(reader.tensors.map(\.name) == ["a", "b"])
        #expect(try reader.floats("a") == [3])
        #expect(try reader.floats("b") == [5])
    }

    @Test func refusesAHeaderOverTheLimitBeforeReadingIt() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([0, 0, 0, 0, 0, 0, 0, 0x80] + Array("{}".utf8), to: "x")
        #expect(
            throws: CheckpointError.tooLarge(
                path: path, part: "the header", bytes: .max, limit: 2 << 20)
        ) { try SafetensorsReader(path: path) }
    }

    @Test func refusesAFileShorterThanItsHeaderSays() throws {
        let folder = try TemporaryFolder()
        for bytes in [[], [9, 0, 0], [9, 0, 0, 0, 0, 0, 0, 0, 0x7B]] as [[UInt8]] {
            let path = try folder.write(bytes, to: "x")
            let error = #expect(throws: CheckpointError.self) { try SafetensorsReader(path: path) }
            guard case .tooShort = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(
        arguments: [
            // A header that is not the JSON we accept.
            ("[]", "does not begin with {"),
            (" {}", "does not begin with {"),
            ("{", "ends too early"),
            ("{}x", "more text after"),
            (#"{"a":1,"a":2}"#, "stands twice"),
            (#"{"__metadata__":{"format":1}}"#, "only strings"),
            (#"{"__metadata__":[]}"#, "must be an object"),
            // An entry that is not a tensor.
            (#"{"a":7}"#, "must have a dtype"),
            (#"{"a":{"dtype":"F32","shape":[1]}}"#, "must have a dtype"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "must have a dtype"),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "must have a dtype"),
            (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "must have a dtype"),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}"#,
                "must have a dtype"
            ),
            // Numbers that do not fit.
            (
                #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#,
                "shape of tensor a is impossible"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}"#,
                "offsets of tensor a are impossible"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#,
                "offsets of tensor a are impossible"
            ),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "need 4"),
            (#"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, "F8_E4M3"),
            // Tensors that do not cover the eight bytes of data.
            (#"{}"#, "8 bytes belong to no tensor"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "4 bytes belong"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "belong to none"),
            (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#, "cut short"),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                    + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "overlaps"
            ),
        ])
    func refuses(header: String, saying words: String) throws {
        let error = #expect(throws: CheckpointError.self) {
            try open(header, data: floats([1, 2]))
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func refusesAFileThatIsWrittenToWhileItIsOpen() throws {
        let folder = try TemporaryFolder()
        let header = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let path = try folder.write(container(header, data: floats([1, 2])), to: "x")
        let reader = try SafetensorsReader(path: path)
        #expect(try reader.floats("a") == [1, 2])
        try truncate(path, to: 70)
        #expect(throws: CheckpointError.changedWhileReading(path: path)) {
            try reader.floats("a")
        }
    }

    @Test func readsShardsAsOneSource() throws {
        let path = checkpointFixture("sharded/model.safetensors.index.json")
        let source = try ShardedSafetensors(path: path)
        #expect(source.tensors.map(\.name) == ["ln_f.bias", "wpe", "wte"])
        #expect(try source.floats("wte") == eighths(6))
        #expect(try source.floats("wpe") == eighths(4))
    }

    @Test(
        arguments: [
            (#"{"weight_map":{"wte":"../model-00001-of-00002.safetensors"}}"#, "same folder"),
            (#"{"weight_map":{"wte":"/etc/passwd"}}"#, "same folder"),
            (#"{"weight_map":{"wte":"one.safetensors"}}"#, "no file"),
            (#"{"weight_map":{"wte":"two.safetensors"}}"#, "ln_f.bias"),
            (
                #"{"weight_map":{"wpe":"two.safetensors","ln_f.bias":"two.safetensors","#
                    + #""wte":"two.safetensors"}}"#, "lacks the tensor wte"
            ),
            (#"{}"#, "no weight_map"),
            (#"{"weight_map""#, "ends too early"),
        ])
    func refuses(shardIndex: String, saying words: String) throws {
        let folder = try TemporaryFolder()
        let shard = checkpointFixture("sharded/model-00002-of-00002.safetensors")
        try folder.write(try bytes(of: shard), to: "two.safetensors")
        let path = try folder.write(shardIndex, to: "model.safetensors.index.json")
        let error = #expect(throws: CheckpointError.self) { try ShardedSafetensors(path: path) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    private func open(_ header: String, data: [UInt8]) throws -> SafetensorsReader {
        let folder = try TemporaryFolder()
        return try SafetensorsReader(
            path: folder.write(container(header, data: data), to: "test.safetensors"))
    }

    private func container(_ header: String, data: [UInt8]) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> ($0 * 8)) }
            + Array(header.utf8) + data
    }

    private func floats(_ list: [Float]) -> [UInt8] {
        list.withUnsafeBytes { Array($0) }
    }
}
