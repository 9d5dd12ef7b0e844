extension Dataset {
    /// Splits off a part for validation: the shards that are kept for it by their names, or else
    /// the last tenth of the tokens, more where that is less than a window. No training window
    /// has a token of it.
    ///
    /// - Parameters:
    ///   - seed: of the validation windows, where they come at random; the original's is 1
    ///     whatever the training's is, so that runs can be compared.
    ///   - stream: of the same.
    /// - Returns: two data sets with a window or more each.
    /// - Throws: `DatasetError.tooSmallToHoldOut`.
    public func holdingOut(
        seed: UInt64 = 1, stream: UInt32 = 1
    ) throws(DatasetError) -> (training: Dataset, validation: Dataset) {
        if let validation {
            return (
                self,
                try part(validation, contents: "held-out shards", seed: seed, stream: stream)
            )
        }
        let windowLength = options.windowLength
        let error = DatasetError.tooSmallToHoldOut(
            path: options.path, tokens: tokenCount, windowLength: windowLength)
        let all = WindowStarts(in: corpus, windowLength: windowLength, order: .random)
        guard !all.isPadded, let last = all.last else { throw error }
        let bounds = corpus.bounds
        let cut = min(bounds.upperBound - max(bounds.count / 10, 1), last)
        let learned = corpus.clipped(to: bounds.lowerBound..<cut)
        let held = corpus.clipped(to: cut..<bounds.upperBound)
        for part in [learned, held] {
            let starts = WindowStarts(in: part, windowLength: windowLength, order: order)
            guard !starts.isPadded, starts.count > 0 else { throw error }
        }
        var training = try part(
            learned, contents: "all but its last part", seed: options.seed,
            stream: options.stream)
        training.warnings = warnings
        var validation = try part(held, contents: "its last part", seed: seed, stream: stream)
        validation.warnings = []
        return (training, validation)
    }
}
