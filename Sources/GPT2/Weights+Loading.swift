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
        let tensors = try ModelTensors(hyperparameters, in: source)
        try self.init(zerosFor: hyperparameters)
        try tensors.forEach { _, entry in
            try tensors.read(entry, into: floats(of: entry))
        }
    }
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
