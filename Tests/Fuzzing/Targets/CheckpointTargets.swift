import Foundation

@testable import Checkpoints

extension FuzzTarget {
    static let safetensors = FuzzTarget("safetensors") { bytes in
        try expectingDamage { folder in
            let reader = try SafetensorsReader(path: folder.write(bytes, "model.safetensors"))
            for tensor in reader.tensors {
                guard let count = tensor.elementCount else { throw Finding("no count") }
                try Finding.unless(
                    !tensor.elementType.isFloating || count <= bytes.count,
                    "more numbers than the file has bytes")
            }
            try readAll(reader)
        }
    }

    static let npy = FuzzTarget("npy") { bytes in
        try expectingDamage { folder in
            let array = try NPYArray(path: folder.write(bytes, "tokens.npy"))
            if let integers = array.integers {
                try Finding.unless(
                    integers.count == array.shape.reduce(1, *), "count and shape differ")
            }
        }
    }

    static let npz = FuzzTarget("npz") { bytes in
        try expectingDamage { folder in
            let path = try folder.write(bytes, "model.npz")
            try expectingDamage { _ in try readAll(NPZCheckpoint(path: path)) }
            let reader = try NPZReader(path: path, maximumByteCount: mostElements)
            for name in reader.names {
                try expectingDamage { _ in _ = try reader.array(named: name) }
            }
        }
    }

    /// An index and one shard. The index is read as it is, and once more with its checksums mended,
    /// without which hardly any change would get past them.
    static let bundle = FuzzTarget("bundle") { bytes in
        let (index, data) = Pieces.two(bytes)
        for index in [index, Checksums.mended(bundleIndex: index)] {
            try expectingDamage { folder in
                _ = try folder.write(data, "model.data-00000-of-00001")
                let path = try folder.write(index, "model.index")
                try readAll(TensorFlowBundle(path: path))
            }
        }
    }

    /// As it is, and with the checksums mended of what says how long it is.
    static let hdf5 = FuzzTarget("hdf5") { bytes in
        for bytes in [bytes, Checksums.mended(hdf5: bytes)] {
            try expectingDamage { folder in
                try readAll(HDF5Checkpoint(path: folder.write(bytes, "model.hdf5")))
            }
        }
    }

    /// What is larger is not read: who reads a checkpoint gives the room for its numbers.
    private static let mostElements = 1 << 16

    private static func expectingDamage(_ body: (MemoryFolder) throws -> Void) throws {
        do {
            try body(MemoryFolder())
        } catch let error as CheckpointError {
            try Finding.unless(!error.description.isEmpty, "an error without a word")
        }
    }

    private static func readAll(_ source: some TensorSource) throws {
        for tensor in source.tensors {
            guard let count = tensor.elementCount, count <= mostElements else { continue }
            do {
                _ = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                    try source.read(
                        tensor.name, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
                    initialized = count
                }
            } catch let error as CheckpointError {
                _ = error.description
            }
        }
    }
}
