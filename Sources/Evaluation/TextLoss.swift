import Compute
import Foundation
import GPT2

/// How well a model foresees text: the sum of −ln p over the tokens it was asked for.
public struct TextLoss: Sendable, Equatable {
    /// In nats, over all `tokenCount` tokens.
    public var nats = 0.0
    /// How many tokens were foreseen; the first of a text has nothing before it and is none.
    public var tokenCount = 0
    /// How many bytes of text those tokens are.
    public var byteCount = 0

    public init() {}

    /// Cross-entropy in nats a token; nil where there was nothing to foresee.
    public var mean: Double? { tokenCount > 0 ? nats / Double(tokenCount) : nil }

    /// e to the mean: among how many tokens, all alike, the choice would be as hard.
    public var perplexity: Double? { mean.map { exp($0) } }

    /// The same loss measured without regard to how text is cut into tokens.
    public var bitsPerByte: Double? {
        byteCount > 0 ? nats / log(2) / Double(byteCount) : nil
    }
}

/// Measures `TextLoss`, window by window.
public struct TextLossMeter {
    private let model: Model
    private let stride: Int
    private let byteCounts: (Int32) throws -> Int
    private let pool: ThreadPool
    private let workspace: Workspace
    private let cache: KVCache

    /// - Parameters:
    ///   - model: the model.
    ///   - stride: how many tokens a window starts after the one before it, 1 to T. T, the
    ///     default, runs every token once; less gives tokens more before them and takes longer.
    ///   - byteCount: of how many bytes a token is.
    ///   - pool: does the arithmetic.
    /// - Throws: `ComputeError` when there is no memory.
    public init(
        _ model: Model, stride: Int? = nil, byteCount: @escaping (Int32) throws -> Int,
        on pool: ThreadPool
    ) throws {
        let contextLength = model.hyperparameters.contextLength
        self.model = model
        self.stride = min(max(1, stride ?? contextLength), contextLength)
        byteCounts = byteCount
        self.pool = pool
        workspace = try Workspace(model.hyperparameters)
        cache = try KVCache(model.hyperparameters)
    }

    /// Adds one text's loss.
    ///
    /// - Parameters:
    ///   - tokens: of the text; every one but the first is foreseen once.
    ///   - loss: what it is added to.
    ///   - progress: gets how many of `tokens` are done, after each window.
    /// - Throws: what `byteCount` throws; `GPT2Error` or `ComputeError`.
    public func add(
        _ tokens: [Int32], to loss: inout TextLoss, progress: (Int) -> Void = { _ in }
    ) throws {
        // The first token whose loss is still missing, and the window that gives it.
        var next = 1
        var start = 0
        while next < tokens.count {
            let end = min(start + cache.capacity, tokens.count - 1)
            cache.truncate(to: 0)
            let targets = tokens[next...end]
            let losses = try model.losses(
                of: targets, after: tokens[start..<end], cache: cache, workspace: workspace,
                on: pool)
            loss.nats += losses.reduce(0, +)
            loss.tokenCount += targets.count
            loss.byteCount += try targets.reduce(0) { try $0 + byteCounts($1) }
            next = end + 1
            start += stride
            progress(end)
        }
    }
}
