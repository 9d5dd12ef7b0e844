import Checkpoints
import Compute

extension PackedWeights {
    /// Lays out weights in f32, which may go or change afterwards.
    ///
    /// - Parameters:
    ///   - weights: of the same model.
    ///   - format: how the matrices are kept. What is added or multiplied element by element stays
    ///     in f32.
    /// - Throws: `ComputeError` when there is no memory; `GPT2Error.tooWide` for the format.
    public convenience init(_ weights: Weights, format: WeightFormat) throws {
        let layout = try PackedLayout(weights.hyperparameters, format: format)
        let buffer = try ByteBuffer(count: layout.byteCount)
        let view = PackedView(layout: layout, bytes: buffer.bytes)
        // The view and the matrices see addresses only.
        defer { withExtendedLifetime(weights) {} }
        for entry in layout.table.entries {
            view.fill(entry, from: weights.floats(of: entry))
        }
        self.init(layout, in: buffer)
    }

    /// Reads a checkpoint and lays its tensors out one by one, so that beside the weights there is
    /// room for a few of them in f32 only: the largest, and one more for each other thread.
    ///
    /// - Parameters:
    ///   - layout: of the model that the checkpoint is of.
    ///   - source: the checkpoint; see `Weights.init(_:from:)`.
    ///   - visit: gets each tensor in f32 with its index in the model's `ParameterTable`, in no order
    ///     and on several threads at once.
    /// - Throws: as `Weights.init(_:from:)`; `ComputeError` when there is no memory; what `visit`
    ///   throws.
    public convenience init(
        _ layout: PackedLayout, from source: any TensorSource,
        visit: @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
    ) throws {
        let tensors = try ModelTensors(layout.hyperparameters, in: source)
        let buffer = try ByteBuffer(count: layout.byteCount)
        let view = PackedView(layout: layout, bytes: buffer.bytes)
        try tensors.forEach { index, entry in
            let read = try FloatBuffer(count: entry.count)
            defer { withExtendedLifetime(read) {} }
            try tensors.read(entry, into: read.floats)
            try visit(index, read.floats)
            view.fill(entry, from: read.floats)
        }
        self.init(layout, in: buffer)
    }
}
