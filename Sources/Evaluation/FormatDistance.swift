import Compute
import Foundation
import GPT2

/// How far a model with rounded weights is from the same one in f32: of two distributions of the next
/// token after the same text, at every token of it.
public struct FormatDistance: Sendable, Equatable {
    /// The sum of the Kullback-Leibler divergences of the rounded from the exact one, in nats.
    public var nats = 0.0
    /// How often both find the same token the likeliest.
    public var agreeingCount = 0
    /// How many distributions were compared.
    public var count = 0

    public init() {}

    /// Mean divergence in nats; nil where there was nothing to compare.
    public var mean: Double? { count > 0 ? nats / Double(count) : nil }

    /// From 0 to 1.
    public var agreement: Double? { count > 0 ? Double(agreeingCount) / Double(count) : nil }

    /// Compares one pair.
    ///
    /// - Parameters:
    ///   - exact: logits in f32.
    ///   - rounded: those of the rounded model, as many.
    public mutating func add(
        _ exact: UnsafeMutableBufferPointer<Float>, _ rounded: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(exact.count == rounded.count)
        let (highest, other) = (
            Int(Logits(exact).firstOfHighest), Int(Logits(rounded).firstOfHighest)
        )
        var sums = (exact: 0.0, rounded: 0.0, weighted: 0.0)
        for (p, q) in zip(exact, rounded) {
            let logit = Double(p) - Double(exact[highest])
            let otherLogit = Double(q) - Double(rounded[other])
            let weight = exp(logit)
            sums.exact += weight
            sums.rounded += exp(otherLogit)
            sums.weighted += weight * (logit - otherLogit)
        }
        // Σ p (ln p − ln q), whose two normalisations are the same for every token.
        nats += sums.weighted / sums.exact - log(sums.exact) + log(sums.rounded)
        agreeingCount += highest == other ? 1 : 0
        count += 1
    }
}

/// Measures `FormatDistance`, window by window.
public struct FormatDistanceMeter {
    private let models: (exact: Model, rounded: Model)
    private let workspaces: (exact: Workspace, rounded: Workspace)
    private let caches: (exact: KVCache, rounded: KVCache)
    private let pool: ThreadPool

    /// - Parameters:
    ///   - exact: in f32; its cache is too.
    ///   - rounded: the same weights in another format.
    ///   - cache: how the rounded one keeps keys and values.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory.
    public init(
        exact: Model, rounded: Model, cache: CacheFormat, on pool: ThreadPool
    ) throws {
        precondition(exact.hyperparameters == rounded.hyperparameters)
        models = (exact, rounded)
        workspaces = (
            try Workspace(exact.hyperparameters), try Workspace(exact.hyperparameters)
        )
        caches = (
            try KVCache(exact.hyperparameters),
            try KVCache(exact.hyperparameters, format: cache)
        )
        self.pool = pool
    }

    /// Adds the distances after every token of a text but the last.
    ///
    /// - Parameters:
    ///   - tokens: of the text; windows follow each other without overlap.
    ///   - distance: what they are added to.
    ///   - progress: gets how many of `tokens` are done, after each window.
    /// - Throws: `GPT2Error.logitsNotFinite`; `ComputeError` when there is no memory.
    public func add(
        _ tokens: [Int32], to distance: inout FormatDistance, progress: (Int) -> Void = { _ in }
    ) throws {
        let length = models.exact.hyperparameters.contextLength
        for start in stride(from: 0, to: tokens.count - 1, by: length) {
            let window = tokens[start..<min(start + length, tokens.count - 1)]
            caches.exact.truncate(to: 0)
            caches.rounded.truncate(to: 0)
            let exact = try ModelPass(
                models.exact, window, cache: caches.exact, workspace: workspaces.exact, on: pool)
            let rounded = try ModelPass(
                models.rounded, window, cache: caches.rounded, workspace: workspaces.rounded,
                on: pool)
            for part in exact.parts(ofLast: window.count) {
                let pair = (exact.logits(of: part), rounded.logits(of: part))
                for row in 0..<part.count {
                    distance.add(
                        pair.0.rows(row..<row + 1).floats, pair.1.rows(row..<row + 1).floats)
                }
            }
            guard distance.nats.isFinite else { throw GPT2Error.logitsNotFinite }
            progress(window.endIndex)
        }
    }
}
