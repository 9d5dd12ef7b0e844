import Checkpoints

extension Weights {
    /// Reads a model's weights from a checkpoint, whichever of the known names its tensors have.
    ///
    /// Accepted beside the plain model: names with or without `transformer.` or `:0`, a leading
    /// dimension of 1 as TensorFlow's convolutions had, rows of vocabulary padded past V, and
    /// tensors that are no part of the model (optimizer slots, mask buffers, `lm_head.weight` when
    /// it equals the token embedding).
    /// - Throws: `CheckpointError` for a tensor that is missing, extra or misshaped, or that cannot
    ///   be read; `GPT2Error` for one that means something else than it should.
    public convenience init(
        _ hyperparameters: Hyperparameters, from source: any TensorSource
    ) throws {
        let tensors = try CheckpointTensors(source, of: ParameterTable(hyperparameters))
        try self.init(zerosFor: hyperparameters)
        var plain: [TensorDestination] = []
        for entry in table.entries {
            guard let tensor = tensors[entry.parameter] else { continue }
            if try Self.isPadded(tensor, beyond: entry, in: source) {
                try readFirstRows(of: tensor, as: entry, from: source)
            } else {
                plain.append(TensorDestination(name: tensor.name, elements: floats(of: entry)))
            }
        }
        try source.readAll(plain)
        for entry in table.entries where !floats(of: entry).areFinite {
            throw GPT2Error.notFinite(path: source.path, name: entry.parameter.name)
        }
        if let head = tensors.head { try checkTied(head, in: source) }
    }

    /// False when the tensor has the entry's shape, true when it has more rows of vocabulary.
    private static func isPadded(
        _ tensor: TensorInfo, beyond entry: ParameterTable.Entry, in source: any TensorSource
    ) throws -> Bool {
        let hasUnitDimension = tensor.shape.count == 3 && tensor.shape[0] == 1
        let shape = hasUnitDimension ? Array(tensor.shape.dropFirst()) : tensor.shape
        if shape == entry.shape { return false }
        guard entry.parameter == .tokenEmbedding, shape.count == 2, shape[1] == entry.shape[1],
            (entry.shape[0]...entry.shape[0] + mostPadding).contains(shape[0])
        else {
            throw CheckpointError.wrongShape(
                path: source.path, tensor: tensor.name, shape: tensor.shape, expected: entry.shape)
        }
        return true
    }

    /// A vocabulary is padded to a rounder size, and not by more than that takes.
    private static let mostPadding = 4096

    private func readFirstRows(
        of tensor: TensorInfo, as entry: ParameterTable.Entry, from source: any TensorSource
    ) throws {
        let padded = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: tensor.shape.reduce(1, *))
        defer { padded.deallocate() }
        try source.read(tensor.name, into: padded)
        _ = floats(of: entry).update(fromContentsOf: padded[..<entry.count])
    }

    /// Some checkpoints store the output head although it is the token embedding.
    private func checkTied(_ head: TensorInfo, in source: any TensorSource) throws {
        let embedding = floats(of: table.entries[0])
        guard head.shape.count == 2, head.shape[1] == hyperparameters.embeddingWidth,
            case let size = hyperparameters.vocabularySize,
            (size...size + Self.mostPadding).contains(head.shape[0])
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
            throw CheckpointError.missingTensors(
                path: source.path, tensors: missing.map(\.name))
        }
        guard extra.isEmpty else {
            throw CheckpointError.unexpectedTensors(path: source.path, tensors: extra)
        }
    }

    subscript(parameter: Parameter) -> TensorInfo? { tensors[parameter] }
}

extension Weights {
    /// Whether no weight is infinite or not a number.
    public var areFinite: Bool { table.entries.allSatisfy { floats(of: $0).areFinite } }
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
