import Foundation
import TestSupport

@testable import Checkpoints

/// Writes bundles, right ones and ones that break a chosen rule.
struct BundleWriter {
    struct Tensor {
        var key: [UInt8]
        var type: UInt64 = 1
        var shape: [UInt64]
        var shard: UInt64 = 0
        /// nil: after the tensor before it.
        var offset: UInt64?
        /// nil: as many as there are.
        var byteCount: UInt64?
        var data: [UInt8]
        var extra: [UInt8] = []

        init(_ name: String, _ shape: [Int], data: [UInt8]) {
            key = Array(name.utf8)
            self.shape = shape.map { UInt64($0) }
            self.data = data
        }

        /// Some numbers of f32.
        init(_ name: String, count: Int = 2) {
            self.init(
                name, [count], data: (0..<4 * count).map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    var tensors: [Tensor]
    var header: [UInt8] =
        Encoded.field(1, varint: 1) + Encoded.field(3, bytes: Encoded.field(1, varint: 1))
    var hasHeader = true
    var compression: UInt8 = 0
    var shardCount = 1
    /// The shards' bytes; filled from the tensors by `init`.
    var data: [[UInt8]]
    /// Changes the data block's bytes before its checksum is taken.
    var changeBlock: (inout [UInt8]) -> Void = { _ in }
    /// Changes the index's bytes at the very end.
    var changeIndex: (inout [UInt8]) -> Void = { _ in }

    init(tensors: [Tensor]) {
        self.tensors = tensors
        data = [tensors.flatMap(\.data)]
    }

    var index: [UInt8] {
        var entries: [([UInt8], [UInt8])] = hasHeader ? [([], header)] : []
        var offset: UInt64 = 0
        for tensor in tensors {
            entries.append((tensor.key, entry(tensor, at: tensor.offset ?? offset)))
            offset += UInt64(tensor.data.count)
        }
        var file: [UInt8] = []
        var contents = Self.block(entries)
        changeBlock(&contents)
        let data = Self.append(contents, compression, to: &file)
        let metaindex = Self.append(Self.block([]), 0, to: &file)
        let index = Self.append(Self.block([(tensors.last?.key ?? [], data)]), 0, to: &file)
        let handles = metaindex + index
        file += handles + [UInt8](repeating: 0, count: 40 - handles.count)
        file += [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
        changeIndex(&file)
        return file
    }

    /// Writes the bundle and returns its path as TensorFlow names it.
    @discardableResult
    func write(to folder: TemporaryFolder) throws -> String {
        try folder.write(index, to: "model.index")
        for (number, bytes) in data.enumerated() {
            try folder.write(bytes, to: "model.data-0000\(number)-of-0000\(shardCount)")
        }
        return folder.path("model")
    }

    private func entry(_ tensor: Tensor, at offset: UInt64) -> [UInt8] {
        let dimensions = tensor.shape.flatMap {
            Encoded.field(2, bytes: Encoded.field(1, varint: $0))
        }
        let checksum = CRC32C.masked(CRC32C.checksum(tensor.data))
        var message = Encoded.field(1, varint: tensor.type)
        message += Encoded.field(2, bytes: dimensions)
        message += Encoded.field(3, varint: tensor.shard)
        message += Encoded.field(4, varint: offset)
        message += Encoded.field(5, varint: tensor.byteCount ?? UInt64(tensor.data.count))
        message += [6 << 3 | 5] + Encoded.word(checksum)
        return message + tensor.extra
    }

    /// Entries that share nothing with each other, one restart.
    private static func block(_ entries: [([UInt8], [UInt8])]) -> [UInt8] {
        var block: [UInt8] = []
        for (key, value) in entries {
            block +=
                Encoded.varint(0) + Encoded.varint(UInt64(key.count))
                + Encoded.varint(UInt64(value.count))
            block += key + value
        }
        return block + Encoded.word(0) + Encoded.word(1)
    }

    /// Appends a block with its type and checksum, and returns its handle.
    private static func append(
        _ block: [UInt8], _ compression: UInt8, to file: inout [UInt8]
    ) -> [UInt8] {
        let handle = Encoded.varint(UInt64(file.count)) + Encoded.varint(UInt64(block.count))
        let checked = block + [compression]
        file += checked + Encoded.word(CRC32C.masked(CRC32C.checksum(checked)))
        return handle
    }
}

/// The encodings a bundle's index is made of.
enum Encoded {
    static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    static func field(_ number: UInt8, varint value: UInt64) -> [UInt8] {
        [number << 3] + varint(value)
    }

    static func field(_ number: UInt8, bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
    }

    static func word(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
