import Compute
import GPT2
import Tokenizer

/// A reply while it is being generated: its cache, and the stairs its tokens climb to become text.
///
/// @unchecked Sendable because it is made on the thread that submits the request and from then on
/// touched by the engine's thread alone; `events` may be called from there.
final class ActiveSequence: @unchecked Sendable {
    let id: Scheduler.SequenceID
    let version: ModelVersion
    let request: GenerationRequest
    let deliver: @Sendable (GenerationEvent) -> Void

    private var cache: KVCache?
    private var sampler: Sampler
    private var decoder: StreamingDecoder
    private var stopFilter: StopFilter
    private var sentences: SentenceFilter?
    private var lastToken: Int32?
    private var promptTokensRun = 0
    private var completionTokens = 0

    init(
        id: Scheduler.SequenceID, version: ModelVersion, request: GenerationRequest,
        deliver: @escaping @Sendable (GenerationEvent) -> Void
    ) {
        self.id = id
        self.version = version
        self.request = request
        self.deliver = deliver
        sampler = Sampler(request.sampling, prompt: request.prompt)
        decoder = StreamingDecoder(version.tokenizer)
        stopFilter = StopFilter(request.stops)
        sentences = request.deadline == nil ? nil : SentenceFilter()
    }

    /// Whether its first token has been made.
    var hasBegun: Bool { lastToken != nil }

    /// What the next pass is to run of it: its latest token, or the next part of its prompt.
    ///
    /// - Parameter most: tokens of a prompt there is room for in the pass.
    /// - Returns: the piece, with a row of logits unless more of the prompt is to come; nil where
    ///   there is no room.
    /// - Throws: `ComputeError` when there is no memory for its cache.
    func nextPiece(promptTokens most: Int) throws -> SequencePiece? {
        let cache =
            try self.cache
            ?? KVCache(
                version.model.hyperparameters,
                capacity: request.prompt.count + request.maximumTokens, format: version.form.cache)
        self.cache = cache
        if let lastToken { return SequencePiece([lastToken], cache: cache) }
        let rest = request.prompt[promptTokensRun...]
        let part = rest.prefix(most)
        guard !part.isEmpty else { return nil }
        promptTokensRun += part.count
        return SequencePiece(part, cache: cache, logitRows: part.count == rest.count ? 1 : 0)
    }

    /// Draws the next token and delivers the text that is ready with it.
    ///
    /// - Parameter logits: [V], of its piece of the pass.
    /// - Returns: how the reply has ended, if it has, for the engine to deliver once the sequence
    ///   is off its books: who sees the end finds the slot free.
    /// - Throws: `GPT2Error.logitsNotFinite`, or what the tokenizer throws; nothing has then been
    ///   delivered for this step.
    func take(_ logits: UnsafeMutableBufferPointer<Float>) throws -> GenerationEvent? {
        // Embeddings padded past the vocabulary stand for no token.
        let known = UnsafeMutableBufferPointer(
            rebasing: logits[..<version.tokenizer.vocabularyCount])
        let token = try sampler.next(known)
        lastToken = token
        if request.stopsAtEndOfText, token == version.tokenizer.endOfText {
            return finish(.stop)
        }
        completionTokens += 1
        let (text, hasStopped) = stopFilter.append(try decoder.append(token))
        emit(text)
        if hasStopped {
            return finish(.stop)
        }
        if completionTokens >= request.maximumTokens {
            return finish(.length)
        }
        return nil
    }

    /// Ends the reply at the deadline: with its last whole sentence, or without ever having begun.
    func deadlinePassed() {
        guard lastToken != nil else {
            deliver(.failed(.deadlineWhileQueued))
            return
        }
        deliver(finish(.deadline))
    }

    private func emit(_ text: String) {
        let ready = sentences == nil ? text : sentences?.append(text) ?? ""
        if !ready.isEmpty { deliver(.text(ready)) }
    }

    /// Delivers the text that is left.
    private func finish(_ reason: GenerationSummary.FinishReason) -> GenerationEvent {
        // What was held back is no stop string now that nothing follows it.
        if !stopFilter.hasStopped {
            emit(stopFilter.append(decoder.finish()).emit)
            emit(stopFilter.finish())
        }
        let rest = reason == .deadline ? sentences?.cutShort() : sentences?.finish()
        if let rest, !rest.isEmpty { deliver(.text(rest)) }
        return .finished(
            GenerationSummary(
                reason: reason, promptTokens: request.prompt.count,
                completionTokens: completionTokens))
    }
}
