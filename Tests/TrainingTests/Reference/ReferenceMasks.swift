import TestSupport

/// What dropout multiplies the elements of one window by; nil where nothing is dropped.
struct ReferenceMasks {
    struct InBlock {
        /// For each head [T, T].
        var attention: [DoubleMatrix]?
        /// [T, C]
        var attentionOutput: DoubleMatrix?
        /// [T, C]
        var hiddenOutput: DoubleMatrix?
    }

    /// [T, C]
    var embedding: DoubleMatrix?
    var blocks: [InBlock]

    /// Of a model that drops nothing.
    static func none(layerCount: Int) -> ReferenceMasks {
        ReferenceMasks(blocks: [InBlock](repeating: InBlock(), count: layerCount))
    }
}
