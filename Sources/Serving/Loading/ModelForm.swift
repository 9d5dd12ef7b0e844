import Compute

/// How a model is kept in memory while it serves. The same weights in another form are the same
/// version; their replies may differ a little.
public struct ModelForm: Hashable, Sendable {
    /// The matrices.
    public var weights: WeightFormat
    /// The keys and values of each reply under way.
    public var cache: CacheFormat

    public init(weights: WeightFormat = .f32, cache: CacheFormat = .f32) {
        self.weights = weights
        self.cache = cache
    }
}
