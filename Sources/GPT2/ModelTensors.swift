import Checkpoints

/// A checkpoint's tensors by the parameter that each is: all of a model's, and no others.
struct ModelTensors: Sendable {
    private let source: any TensorSource
    private let table: ParameterTable
    private var tensors: [Parameter: TensorInfo] = [:]
    private var head: TensorInfo?

    /// - Throws: `CheckpointError` for a tensor that is missing, extra or misshaped; `GPT2Error` for
    ///   a parameter that stands twice.
    init(_ hyperparameters: Hyperparameters, in source: any TensorSource) throws {
        self.source = source
        table = ParameterTable(hyperparameters)
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
        for entry in table.entries { _ = try isPadded(tensor(of: entry), beyond: entry) }
    }

    /// Calls `body` with every entry of the table and its index in it, largest first, so that none is
    /// left alone with the embedding at the end.
    ///
    /// - Parameter body: called on several threads at once.
    /// - Throws: what `body` threw first.
    func forEach(_ body: @Sendable (Int, ParameterTable.Entry) throws -> Void) throws {
        let entries = table.entries
        let largestFirst = entries.indices.sorted { entries[$0].count > entries[$1].count }
        try ParallelRead.forEach(entries.count) { turn in
            let index = largestFirst[turn]
            try body(index, entries[index])
        }
    }

    /// Reads one parameter and checks it.
    ///
    /// - Parameters:
    ///   - entry: of the model's table.
    ///   - floats: as many as it has.
    /// - Throws: `CheckpointError` where it cannot be read; `GPT2Error.notFinite`, `.untiedHead`.
    func read(
        _ entry: ParameterTable.Entry, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let tensor = try tensor(of: entry)
        if try isPadded(tensor, beyond: entry) {
            try readFirstRows(of: tensor, into: floats)
        } else {
            try source.read(tensor.name, into: floats)
        }
        guard floats.areFinite else {
            throw GPT2Error.notFinite(path: source.path, name: entry.parameter.name)
        }
        if entry.parameter == .tokenEmbedding, let head {
            try requireTied(head, to: floats, shape: entry.shape)
        }
    }

    private func tensor(of entry: ParameterTable.Entry) throws -> TensorInfo {
        guard let tensor = tensors[entry.parameter] else {
            throw CheckpointError.missingTensors(
                path: source.path, tensors: [entry.parameter.name])
        }
        return tensor
    }

    /// False when the tensor has the entry's shape, true when it has more rows of vocabulary.
    private func isPadded(
        _ tensor: TensorInfo, beyond entry: ParameterTable.Entry
    ) throws -> Bool {
        let hasUnitDimension = tensor.shape.count == 3 && tensor.shape[0] == 1
        let shape = hasUnitDimension ? Array(tensor.shape.dropFirst()) : tensor.shape
        if shape == entry.shape { return false }
        guard entry.parameter == .tokenEmbedding, shape.count == 2, shape[1] == entry.shape[1],
            (entry.shape[0]...entry.shape[0] + Self.mostPadding).contains(shape[0])
        else {
            throw CheckpointError.wrongShape(
                path: source.path, tensor: tensor.name, shape: tensor.shape, expected: entry.shape)
        }
        return true
    }

    /// A vocabulary is padded to a rounder size, and not by more than that takes.
    private static let mostPadding = 4096

    private func readFirstRows(
        of tensor: TensorInfo, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        let padded = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: tensor.shape.reduce(1, *))
        defer { padded.deallocate() }
        try source.read(tensor.name, into: padded)
        _ = floats.update(fromContentsOf: padded[..<floats.count])
    }

    /// Some checkpoints store the output head although it is the token embedding.
    private func requireTied(
        _ head: TensorInfo, to embedding: UnsafeMutableBufferPointer<Float>, shape: [Int]
    ) throws {
        guard head.shape.count == 2, head.shape[1] == shape[1],
            (shape[0]...shape[0] + Self.mostPadding).contains(head.shape[0])
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
