import Compute

/// All parameters of one model in f32, in one arena. Immutable once built.
public final class Weights: Sendable {
    public let hyperparameters: Hyperparameters
    public let table: ParameterTable
    /// The arena; see `ParameterTable`.
    public let buffer: FloatBuffer

    private let offsets: [Parameter: Int]

    /// Weights that `fill` sets, one tensor at a time; what it leaves alone is zero.
    ///
    /// - Parameters:
    ///   - hyperparameters: the model's shape.
    ///   - fill: writes the floats of one tensor, row-major in the entry's shape.
    public init(
        _ hyperparameters: Hyperparameters,
        fill: (ParameterTable.Entry, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        self.hyperparameters = hyperparameters
        table = ParameterTable(hyperparameters)
        buffer = try FloatBuffer(count: table.floatCount)
        offsets = Dictionary(uniqueKeysWithValues: table.entries.map { ($0.parameter, $0.offset) })
        for entry in table.entries { try fill(entry, floats(of: entry)) }
    }

    /// The bytes of memory the arena takes.
    public var byteCount: Int { table.floatCount * MemoryLayout<Float>.stride }

    /// The floats of one tensor, for reading.
    public func floats(of entry: ParameterTable.Entry) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: buffer.floats[entry.offset..<entry.offset + entry.count])
    }

    /// One tensor as a matrix; vectors are one row.
    func matrix(_ parameter: Parameter, rows: Int = 1, columns: Int) -> Matrix {
        guard let offset = offsets[parameter] else {
            preconditionFailure("a model has no parameter \(parameter)")
        }
        return buffer.matrix(at: offset, rows: rows, columns: columns)
    }
}
