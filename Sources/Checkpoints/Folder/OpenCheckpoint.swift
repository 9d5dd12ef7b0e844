/// Opens a checkpoint of any kind, recognised by what is in it and not by its name.
///
/// - Parameter path: a file as `CheckpointFinder` gives it.
/// - Returns: its tensors, the directory checked.
/// - Throws: `CheckpointError`: damaged, a pickle, or of no known kind.
public func openCheckpoint(_ path: String) throws -> any TensorSource {
    switch try CheckpointKind(of: path) {
    case .safetensors: try SafetensorsReader(path: path)
    case .shardedSafetensors: try ShardedSafetensors(path: path)
    case .npz: try NPZCheckpoint(path: path)
    case .hdf5: try HDF5Checkpoint(path: path)
    case .tensorFlowBundle: try TensorFlowBundle(path: path)
    }
}

/// What a checkpoint's first bytes say it is.
enum CheckpointKind: Equatable {
    case safetensors, shardedSafetensors, npz, hdf5, tensorFlowBundle

    init(of path: String) throws {
        if path.hasSuffix(".safetensors.index.json") {
            self = .shardedSafetensors
            return
        }
        // An index begins with whatever name comes first; what makes it one stands at its end.
        if path.hasSuffix(".index") {
            self = .tensorFlowBundle
            return
        }
        let file = try PositionedFile(path: path)
        let start = try file.bytes(at: 0, count: min(file.size, 16), part: "the beginning")
        if start.starts(with: Magic.zip) {
            self = .npz
        } else if start.starts(with: HDF5Superblock.signature) {
            self = .hdf5
        } else if start.count > 8, start[8] == UInt8(ascii: "{") {
            self = .safetensors
        } else if start.starts(with: NPYHeader.magic) || Magic.isPickle(start) {
            throw CheckpointError.pickle(path: path)
        } else if start.starts(with: Magic.gguf) {
            throw CheckpointError.unsupported(path: path, feature: "the GGUF format")
        } else {
            throw CheckpointError.malformed(
                path: path, part: "the beginning", fault: "no known kind of checkpoint starts so")
        }
    }
}

private enum Magic {
    static let zip = Array("PK".utf8)
    static let gguf = Array("GGUF".utf8)

    /// Protocols 2 to 5 begin with their number.
    static func isPickle(_ bytes: [UInt8]) -> Bool {
        bytes.count > 1 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
    }
}
