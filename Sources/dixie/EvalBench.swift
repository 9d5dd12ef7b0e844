import Chat
import Compute
import Evaluation
import GPT2
import Terminal
import Tokenizer

/// The measurements of `dixie eval`, each with its progress bar.
struct EvalBench {
    let model: Model
    let tokenizer: BytePairTokenizer
    let pool: ThreadPool

    /// The loss over texts and arrays of tokens, each of them by itself.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - name: what the user called them.
    ///   - stride: see `TextLossMeter`.
    /// - Returns: the loss over all of them together.
    /// - Throws: `EvaluationError.nothingToForesee`; what reading and running throw.
    func loss(of paths: [String], named name: String, stride: Int?) throws -> TextLoss {
        let texts = try tokens(of: paths)
        let meter = try TextLossMeter(
            model, stride: stride, byteCount: { try tokenizer.bytes(of: $0).count }, on: pool)
        let total = texts.reduce(0) { $0 + $1.count }
        var bar = ProgressBar("loss")
        var done = 0
        var loss = TextLoss()
        for text in texts {
            try meter.add(text, to: &loss) { bar.update(done + $0 + 1, of: total) }
            done += text.count
        }
        bar.finish()
        guard loss.tokenCount > 0 else { throw EvaluationError.nothingToForesee(path: name) }
        return loss
    }

    /// How far the model is from the same one in f32, over texts and arrays of tokens.
    ///
    /// - Parameters:
    ///   - exact: the model in f32.
    ///   - paths: the files.
    /// - Returns: the distance over all of them together.
    /// - Throws: what reading and running throw.
    func distance(from exact: Model, over paths: [String]) throws -> FormatDistance {
        let texts = try tokens(of: paths)
        let meter = try FormatDistanceMeter(exact: exact, rounded: model, cache: .bf16, on: pool)
        let total = texts.reduce(0) { $0 + $1.count }
        var bar = ProgressBar("distance")
        defer { bar.finish() }
        var done = 0
        var distance = FormatDistance()
        for text in texts {
            try meter.add(text, to: &distance) { bar.update(done + $0 + 1, of: total) }
            done += text.count
        }
        return distance
    }

    private func tokens(of paths: [String]) throws -> [[Int32]] {
        try paths.flatMap { path in
            path.hasSuffix(".npz")
                ? try TokenizerArrays.read(path, vocabularyCount: tokenizer.vocabularyCount)
                : [tokenizer.encode(try TextFiles.read(path))]
        }
    }

    /// What the model replies to messages of a chat log.
    ///
    /// - Parameters:
    ///   - log: the chat log.
    ///   - name: what the user called it.
    ///   - count: to how many messages.
    ///   - length: tokens in a reply at most.
    ///   - settings: how tokens are chosen.
    /// - Returns: a reply to each message, in the log's order.
    /// - Throws: `EvaluationError.nobodyAsks`, `PromptError`, and what running throws.
    func replies(
        to log: Transcript, named name: String, count: Int, length: Int, settings: SamplingSettings
    ) throws -> [ReplySample] {
        let prompts = try ReplyPrompts.prompts(
            of: log, count: count, replyLength: length,
            contextLength: model.hyperparameters.contextLength, tokenizer: tokenizer)
        guard !prompts.isEmpty else { throw EvaluationError.nobodyAsks(path: name) }
        var bar = ProgressBar("replies")
        defer { bar.finish() }
        return try prompts.enumerated().map { index, prompt in
            let reply = try ReplySample(
                of: model, tokenizer: tokenizer, to: prompt, settings: settings, choice: index,
                length: length, on: pool)
            bar.update(index + 1, of: prompts.count)
            return reply
        }
    }

    /// How many questions are answered rightly.
    func score(_ questions: [MultipleChoiceQuestion]) throws -> MultipleChoiceScore {
        let exam = try MultipleChoiceExam(model, tokenizer: tokenizer, on: pool)
        var score = MultipleChoiceScore()
        var bar = ProgressBar("multiple choice")
        defer { bar.finish() }
        for (index, question) in questions.enumerated() {
            try exam.put(question, number: index + 1, to: &score)
            bar.update(index + 1, of: questions.count)
        }
        return score
    }
}
