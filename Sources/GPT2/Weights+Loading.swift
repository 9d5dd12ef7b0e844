import Checkpoints

extension Weights {
    /// Reads a model's weights from a checkpoint, whichever of the known names its tensors have.
    ///
    /// Accepted beside the plain model: names with or without `transformer.` or `:0`, a leading
    /// dimension of 1 as TensorFlow's convolutions had, rows of vocabulary padded past V, and
    /// tensors that are no part of the model (optimizer slots, mask buffers, `lm_head.weight` when
    /// it equals the token embedding).
    /// - Throws: `GPT2Error` for a tensor that is missing, extra, misshaped or not finite, and
    ///   whatever the source throws.
    public convenience init(
        _ hyperparameters: Hyperparameters, from source: any TensorSource
    ) throws {
        let tensors = try CheckpointTensors(source, of: ParameterTable(hyperparameters))
        try self.init(hyperparameters) { entry, floats in
            guard let tensor = tensors[entry.parameter] else { return }
            try Self.read(tensor, as: entry, from: source, into: floats)
            guard floats.areFinite else {
                throw GPT2Error.notFinite(path: source.path, name: tensor.name)
            }
        }
        if let head = tensors.head { try checkTied(head, in: source) }
    }

    private static func read(
        _ tensor: TensorInfo, as entry: ParameterTable.Entry, from source: any TensorSource,
        into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let shape = tensor.shape.count == 3 && tensor.shape[0] == 1
            ? Array(tensor.shape.dropFirst()) : tensor.shape
        if shape == entry.shape {
            try source.read(tensor.name, into: floats)
            return
        }
        // A vocabulary padded to a rounder size: its last rows stand for no token.
        guard entry.parameter == .tokenEmbedding, shape.count == 2, shape[1] == entry.shape[1],
            shape[0] > entry.shape[0], shape[0] <= entry.shape[0] + 4096
        else {
            throw GPT2Error.wrongShape(
                path: source.path, name: tensor.name, found: tensor.shape, expected: entry.shape)
        }
        let padded = UnsafeMutableBufferPointer<Float>.allocate(capacity: shape[0] * shape[1])
        defer { padded.deallocate() }
        try source.read(tensor.name, into: padded)
        _ = floats.update(fromContentsOf: padded[..<floats.count])
    }

    /// Some checkpoints store the output head although it is the token embedding.
    private func checkTied(_ head: TensorInfo, in source: any TensorSource) throws {
        let embedding = floats(of: table.entries[0])
        guard head.shape.count == 2, head.shape[1] == hyperparameters.embeddingWidth,
            head.shape[0] >= hyperparameters.vocabularySize,
            head.shape[0] <= hyperparameters.vocabularySize + 4096
        else { throw GPT2Error.untiedHead(path: source.path, name: head.name) }
        let floats = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: head.shape[0] * head.shape[1])
        defer { floats.deallocate() }
        try source.read(head.name, into: floats)
        guard floats[..<embedding.count].elementsEqual(embedding) else {
            throw GPT2Error.untiedHead(path: source.path, name: head.name)
        }
    }
}

/// A checkpoint's tensors by the parameter that each is: all of the table's, and no others.
private struct CheckpointTensors {
    private var tensors: [Parameter: TensorInfo] = [:]
    private(set) var head: TensorInfo?

    init(_ source: any TensorSource, of table: ParameterTable) throws {
        let wanted = Set(table.entries.map(\.parameter))
        var extra: [String] = []
        for tensor in source.tensors {
            if let parameter = Parameter(checkpointName: tensor.name) {
                if let other = tensors.updateValue(tensor, forKey: parameter) {
                    throw GPT2Error.duplicateTensor(
                        path: source.path, names: [other.name, tensor.name])
                }
                if !wanted.contains(parameter) { extra.append(tensor.name) }
            } else if tensor.name == "lm_head.weight" {
                head = tensor
            } else if !Parameter.isIgnored(checkpointName: tensor.name) {
                extra.append(tensor.name)
            }
        }
        let missing = table.entries.map(\.parameter).filter { tensors[$0] == nil }
        guard missing.isEmpty else {
            throw GPT2Error.missingTensors(path: source.path, names: missing.map(\.name))
        }
        guard extra.isEmpty else {
            throw GPT2Error.unexpectedTensors(path: source.path, names: extra)
        }
    }

    subscript(parameter: Parameter) -> TensorInfo? { tensors[parameter] }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Whether no element is infinite or not a number.
    var areFinite: Bool {
        // The exponent's bits are all ones for those, and only for those. Without a way out of the
        // loop the compiler can look at many at once.
        var isBad = false
        for float in self { isBad = isBad || float.bitPattern & 0x7F80_0000 == 0x7F80_0000 }
        return !isBad
    }
}
