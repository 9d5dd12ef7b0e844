import Checkpoints
import Compute

/// Where each parameter of a model that serves lies in one run of bytes, and in which form.
public struct PackedLayout: Sendable {
    /// One parameter's place.
    struct Place: Sendable {
        /// Where it begins, in bytes: on a cache line.
        let offset: Int
        /// Of a matrix that is laid out for the kernels; nil for what stays in f32 because it is
        /// added, or multiplied element by element.
        let format: WeightFormat?
        /// As it is multiplied with, K × N.
        let rows: Int
        let columns: Int
    }

    public let hyperparameters: Hyperparameters
    public let format: WeightFormat
    /// The length of the run.
    public let byteCount: Int
    let table: ParameterTable
    private let places: [Parameter: Place]

    /// - Parameters:
    ///   - hyperparameters: the model's size.
    ///   - format: how its matrices are kept.
    /// - Throws: `GPT2Error.tooWide` for the format.
    public init(_ hyperparameters: Hyperparameters, format: WeightFormat) throws {
        let width = hyperparameters.embeddingWidth
        guard 4 * width <= format.deepest else {
            throw GPT2Error.tooWide(width: width, format: format, most: format.deepest / 4)
        }
        self.hyperparameters = hyperparameters
        self.format = format
        table = ParameterTable(hyperparameters)
        var places: [Parameter: Place] = [:]
        var end = 0
        for entry in table.entries {
            let (rows, columns) = Self.shape(of: entry)
            let matrixFormat = Self.format(of: entry, in: format)
            places[entry.parameter] = Place(
                offset: end, format: matrixFormat, rows: rows, columns: columns)
            let byteCount =
                matrixFormat.map { PackedMatrix.byteCount($0, depth: rows, columns: columns) }
                ?? entry.count * MemoryLayout<Float>.stride
            end += (byteCount + 63) / 64 * 64
        }
        byteCount = end
        self.places = places
    }

    /// What tells runs of bytes that mean different things apart: the model's size, the format, where
    /// everything lies, and how the kernels of this machine want it laid out.
    public var identity: String {
        let size = hyperparameters
        let map = table.entries.map { entry in
            let place = self[entry.parameter]
            return "\(entry.parameter.name) \(place.offset) \(place.format?.rawValue ?? "plain")"
        }
        let formats = [format, Self.headFormat(format)].map { format in
            "\(format.rawValue) \(String(PackedMatrix.checksum(of: format), radix: 16))"
        }
        return """
            vocabulary \(size.vocabularySize) context \(size.contextLength) \
            width \(size.embeddingWidth) heads \(size.headCount) layers \(size.layerCount)
            blocks \(formats[0]) head \(formats[1]) \
            map \(String(CRC32C.checksum(map.joined(separator: "\n").utf8), radix: 16)) \
            bytes \(byteCount)
            """
    }

    subscript(parameter: Parameter) -> Place {
        guard let place = places[parameter] else {
            preconditionFailure("a model has no parameter \(parameter)")
        }
        return place
    }

    private static func shape(of entry: ParameterTable.Entry) -> (rows: Int, columns: Int) {
        switch (entry.parameter, entry.shape.count) {
        // What makes logits; a column is also a token's embedding.
        case (.tokenEmbedding, _): (entry.shape[1], entry.shape[0])
        case (_, 2): (entry.shape[0], entry.shape[1])
        default: (1, entry.count)
        }
    }

    private static func format(
        of entry: ParameterTable.Entry, in format: WeightFormat
    ) -> WeightFormat? {
        if entry.parameter == .tokenEmbedding { return headFormat(format) }
        return entry.shape.count == 1 || entry.parameter == .positionEmbedding ? nil : format
    }

    /// What half a byte loses in the head comes out as it is, and five times as much of it as of all
    /// blocks together.
    private static func headFormat(_ format: WeightFormat) -> WeightFormat {
        format == .int4 ? .int8 : format
    }
}
