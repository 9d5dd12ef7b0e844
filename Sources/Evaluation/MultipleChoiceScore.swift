import Compute
import GPT2
import Tokenizer

/// How many questions of a multiple-choice test a model answers rightly, where its answer is the
/// ending it foresees best.
public struct MultipleChoiceScore: Sendable, Equatable {
    public var questionCount = 0
    /// Where an ending is measured by the sum of its tokens' losses: long ones are at a
    /// disadvantage.
    public var rightBySum = 0
    /// Where it is measured by their mean.
    public var rightByMean = 0
    /// Questions whose beginning was cut off, so that the rest fits the window.
    public var truncatedCount = 0

    public init() {}

    /// What papers call `acc`.
    public var accuracy: Double { share(rightBySum) }
    /// What papers call `acc_norm`.
    public var normalizedAccuracy: Double { share(rightByMean) }

    private func share(_ count: Int) -> Double {
        questionCount > 0 ? Double(count) / Double(questionCount) : 0
    }
}

/// Puts multiple-choice questions to a model.
public struct MultipleChoiceExam {
    private let model: Model
    private let tokenizer: BytePairTokenizer
    private let pool: ThreadPool
    private let workspace: Workspace
    private let cache: KVCache

    /// - Throws: `ComputeError` when there is no memory.
    public init(_ model: Model, tokenizer: BytePairTokenizer, on pool: ThreadPool) throws {
        self.model = model
        self.tokenizer = tokenizer
        self.pool = pool
        workspace = try Workspace(model.hyperparameters)
        cache = try KVCache(model.hyperparameters)
    }

    /// Puts one question and counts the answer.
    ///
    /// - Parameters:
    ///   - question: an ending is joined to the context by a space.
    ///   - number: counted from 1, for errors.
    ///   - score: what the answer is added to.
    /// - Throws: `EvaluationError.noRoom` where an ending alone fills the window; `GPT2Error` or
    ///   `ComputeError`.
    public func put(
        _ question: MultipleChoiceQuestion, number: Int, to score: inout MultipleChoiceScore
    ) throws {
        let endings = question.endings.map { tokenizer.encode(" " + $0) }
        var context = tokenizer.encode(question.context)
        // The last token of an ending is only foreseen and never run, so it needs no room.
        let room = cache.capacity + 1 - (endings.map(\.count).max() ?? 0)
        guard room >= 1 else {
            throw EvaluationError.noRoom(question: number, window: cache.capacity)
        }
        if context.count > room {
            context.removeFirst(context.count - room)
            score.truncatedCount += 1
        }
        guard let last = context.last else {
            throw EvaluationError.emptyContext(question: number)
        }
        let losses = try self.losses(of: endings, after: context.dropLast(), last)
        let sums = losses.map { $0.reduce(0, +) }
        let means = zip(sums, losses).map { $0 / Double(max(1, $1.count)) }
        score.questionCount += 1
        score.rightBySum += Self.lowest(sums) == question.label ? 1 : 0
        score.rightByMean += Self.lowest(means) == question.label ? 1 : 0
    }

    /// The losses of each ending's tokens; the context is run once for all of them.
    private func losses(
        of endings: [[TokenID]], after beginning: ArraySlice<TokenID>, _ last: TokenID
    ) throws -> [[Double]] {
        cache.truncate(to: 0)
        if !beginning.isEmpty {
            _ = try model.losses(
                of: [TokenID](), after: beginning, cache: cache, workspace: workspace, on: pool)
        }
        return try endings.map { ending in
            cache.truncate(to: beginning.count)
            return try model.losses(
                of: ending, after: [last] + ending.dropLast(), cache: cache, workspace: workspace,
                on: pool)
        }
    }

    /// The first of the lowest.
    private static func lowest(_ values: [Double]) -> Int? {
        values.indices.min { values[$0] < values[$1] }
    }
}
