import Checkpoints

extension Weights {
    /// Reads weights of another size: each tensor is taken as a row of numbers, and cut or repeated
    /// until it fits, as the original's `--truncate_weights` did. A tensor that the checkpoint does
    /// not have stays what it is.
    ///
    /// - Throws: `CheckpointError` where a tensor cannot be read; `GPT2Error.notFinite`.
    public func fit(_ source: any TensorSource) throws {
        var tensors: [Parameter: TensorInfo] = [:]
        for tensor in source.tensors {
            if let parameter = Parameter(checkpointName: tensor.name) {
                tensors[parameter] = tensor
            }
        }
        for entry in table.entries {
            guard let tensor = tensors[entry.parameter] else { continue }
            let count = tensor.shape.reduce(1, *)
            guard count > 0 else { continue }
            let saved = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            defer { saved.deallocate() }
            try source.read(tensor.name, into: saved)
            let room = floats(of: entry)
            for start in stride(from: 0, to: room.count, by: count) {
                let end = min(start + count, room.count)
                _ = room[start..<end].update(fromContentsOf: saved[..<(end - start)])
            }
            guard room.areFinite else {
                throw GPT2Error.notFinite(path: source.path, name: entry.parameter.name)
            }
        }
    }
}
