import Checkpoints
import Compute

/// The bytes of a model that serves, seen as its parameters.
///
/// @unchecked Sendable because a view says where bytes are, not who may write them: threads that fill
/// them write different parameters.
struct PackedView: @unchecked Sendable {
    let layout: PackedLayout
    let bytes: UnsafeMutableRawBufferPointer

    /// A parameter that is laid out for the kernels.
    func packed(_ parameter: Parameter) -> PackedMatrix {
        let place = layout[parameter]
        guard let format = place.format else {
            preconditionFailure("\(parameter) is kept as it is")
        }
        return PackedMatrix(
            format, depth: place.rows, columns: place.columns, at: base + place.offset)
    }

    /// A parameter that is kept in f32.
    func plain(_ parameter: Parameter) -> Matrix {
        let place = layout[parameter]
        precondition(place.format == nil, "\(parameter) is laid out for the kernels")
        let floats = (base + place.offset).bindMemory(
            to: Float.self, capacity: place.rows * place.columns)
        return Matrix(base: floats, rows: place.rows, columns: place.columns)
    }

    /// Fills in one parameter, on several threads.
    ///
    /// - Parameters:
    ///   - entry: which.
    ///   - floats: as it stands in checkpoints.
    func fill(
        _ entry: ParameterTable.Entry, from floats: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(floats.count == entry.count)
        guard layout[entry.parameter].format != nil, let start = floats.baseAddress else {
            _ = plain(entry.parameter).floats.update(fromContentsOf: floats)
            return
        }
        let matrix = Matrix(base: start, rows: entry.shape[0], columns: entry.shape[1])
        let packed = packed(entry.parameter)
        let transposition: Transposition =
            entry.parameter == .tokenEmbedding ? .transposed : .plain
        let slice = 64
        ParallelRead.forEach((packed.panelCount + slice - 1) / slice) { index in
            let panels = index * slice..<min((index + 1) * slice, packed.panelCount)
            packed.fill(panels: panels, from: matrix, transposition)
        }
    }

    private var base: UnsafeMutableRawPointer {
        guard let base = bytes.baseAddress else { preconditionFailure("a model has bytes") }
        return base
    }
}
