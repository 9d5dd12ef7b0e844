/// What a container holds: every tensor, and where it is in terms of that container.
struct TensorDirectory<Place: Sendable>: Sendable {
    /// Sorted by name.
    let tensors: [TensorInfo]
    private let entries: [String: (tensor: TensorInfo, place: Place)]

    /// Makes a directory of tensors in any order.
    ///
    /// - Parameters:
    ///   - path: the container, for errors.
    ///   - entries: each with a shape whose `elementCount` is not nil.
    /// - Throws: `CheckpointError.duplicateTensor`. Names that Unicode holds equal count as the
    ///   same name, whatever their bytes.
    init(path: String, entries: [(tensor: TensorInfo, place: Place)]) throws {
        var byName: [String: (tensor: TensorInfo, place: Place)] = [:]
        byName.reserveCapacity(entries.count)
        for entry in entries {
            guard byName.updateValue(entry, forKey: entry.tensor.name) == nil else {
                throw CheckpointError.duplicateTensor(path: path, tensor: entry.tensor.name)
            }
        }
        self.entries = byName
        self.tensors = entries.map(\.tensor).sorted { $0.name < $1.name }
    }

    /// The tensor of that name, once `count` is known to be its number of elements.
    func find(
        _ name: String, count: Int, path: String
    ) throws -> (tensor: TensorInfo, place: Place) {
        guard let entry = entries[name] else {
            throw CheckpointError.noSuchTensor(path: path, tensor: name)
        }
        guard let expected = entry.tensor.elementCount, expected == count else {
            throw CheckpointError.wrongBuffer(
                path: path, tensor: name, count: count, expected: entry.tensor.elementCount ?? 0)
        }
        return entry
    }
}
