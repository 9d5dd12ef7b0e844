import Compute

/// All parameters of one model in f32, in one arena. Immutable once built.
public final class Weights: Sendable {
    public let hyperparameters: Hyperparameters
    public let table: ParameterTable
    /// The arena; see `ParameterTable`.
    public let buffer: FloatBuffer

    private let offsets: [Parameter: Int]

    /// All zero, to be filled by whoever builds the model.
    init(_ hyperparameters: Hyperparameters) throws {
        self.hyperparameters = hyperparameters
        table = ParameterTable(hyperparameters)
        buffer = try FloatBuffer(count: table.floatCount)
        offsets = Dictionary(uniqueKeysWithValues: table.entries.map { ($0.parameter, $0.offset) })
    }

    /// The bytes of memory the arena takes.
    public var byteCount: Int { table.floatCount * MemoryLayout<Float>.stride }

    /// The floats of one tensor, for reading.
    public func floats(of entry: ParameterTable.Entry) -> UnsafeMutableBufferPointer<Float> {
        let range = entry.offset..<entry.offset + entry.count
        return UnsafeMutableBufferPointer(rebasing: buffer.floats[range])
    }

    /// One tensor as a matrix; vectors are one row.
    func matrix(_ parameter: Parameter, rows: Int = 1, columns: Int) -> Matrix {
        guard let offset = offsets[parameter] else {
            preconditionFailure("a model has no parameter \(parameter)")
        }
        return buffer.matrix(at: offset, rows: rows, columns: columns)
    }
}
