import Compute
import GPT2
import Tokenizer

/// A reply while it is being generated: its cache, and the stairs its tokens climb to become text.
///
/// @unchecked Sendable because it is made on the thread that submits the request and from then on
/// touched by the engine's thread alone, or, for as long as that waits for it, by one that draws its
/// tokens; `deliver` is called from the engine's.
final class ActiveSequence: @unchecked Sendable {
    let id: Scheduler.SequenceID
    let version: ModelVersion
    let request: GenerationRequest
    let deliver: @Sendable (GenerationEvent) -> Void

    /// The prompt, and what has been generated after it.
    private(set) var tokens: [Int32]
    /// Holds the first of `tokens`; there is none before the sequence runs.
    private(set) var cache: KVCache?
    private var sampler: Sampler
    private var decoder: StreamingDecoder
    private var stopFilter: StopFilter
    private var sentences: SentenceFilter?
    private var lookup = PromptLookup()
    private var draftLength = DraftLength()
    /// What was guessed to follow `tokens`, and is run with the last of them.
    private var draft: ArraySlice<Int32> = []
    /// What came of the last pass: a token, and as many more as were guessed right.
    private var drawn: Result<Drawn, any Error> = .success(Drawn())
    /// Where in `tokens` the latest piece began.
    private var pieceStart = 0
    private var promptScores: [TokenScore] = []
    private var pendingScores = PendingScores()
    private var cachedPromptTokens = 0
    private var completionTokens = 0
    private var guessedTokens = 0

    private struct Drawn {
        var tokens: [Int32] = []
        /// As many, where they are wanted.
        var scores: [TokenScore] = []
    }

    init(
        id: Scheduler.SequenceID, version: ModelVersion, request: GenerationRequest,
        deliver: @escaping @Sendable (GenerationEvent) -> Void
    ) {
        self.id = id
        self.version = version
        self.request = request
        self.deliver = deliver
        tokens = request.prompt
        sampler = Sampler(
            request.sampling, prompt: request.prompt, choice: request.choice)
        decoder = StreamingDecoder(version.tokenizer)
        stopFilter = StopFilter(request.stops)
        sentences = request.deadline == nil ? nil : SentenceFilter()
    }

    /// Whether its first token has been made.
    var hasBegun: Bool { tokens.count > request.prompt.count }

    /// How many of its tokens have been computed.
    var position: Int { cache?.count ?? 0 }

    /// What its cache holds.
    var computed: ArraySlice<Int32> { tokens[..<position] }

    /// How much of the prompt is still to be run: at least a token until it has begun, then 0.
    var promptTokensLeft: Int { max(0, request.prompt.count - position) }

    /// Makes room for its keys and values, if it has none yet.
    ///
    /// - Returns: its cache.
    /// - Throws: `ComputeError` when there is no memory for it.
    @discardableResult
    func reserveCache() throws -> KVCache {
        if let cache { return cache }
        let cache = try KVCache(
            version.model.hyperparameters,
            capacity: request.prompt.count + request.maximumTokens, format: version.form.cache)
        self.cache = cache
        return cache
    }

    /// Parts with its cache, as nothing more of it will be run; `computed` is empty afterwards.
    ///
    /// - Returns: the cache, if it has one.
    func giveUpCache() -> KVCache? {
        defer { cache = nil }
        return cache
    }

    /// Takes over what was computed for the same tokens elsewhere.
    ///
    /// - Parameters:
    ///   - count: how many of its tokens are then computed; not all of the prompt.
    ///   - other: of the same version and form; holds as many.
    ///   - pool: shares out the copying.
    func adopt(_ count: Int, from other: KVCache, on pool: ThreadPool) {
        precondition(count < request.prompt.count, "the last token is run for its logits")
        guard let cache else { return }
        cachedPromptTokens += count - cache.count
        cache.extend(to: count, from: other, on: pool)
    }

    /// What the next pass is to run of it.
    ///
    /// - Parameters:
    ///   - count: how many tokens; no more than there are.
    ///   - most: how many more may be guessed and run with them, once the reply has begun.
    /// - Returns: the piece, with a row of logits after the last token and each guess, or none while
    ///   more of the prompt is to come.
    /// - Throws: `ComputeError` when there is no memory for its cache.
    func nextPiece(_ count: Int, guessing most: Int = 0) throws -> SequencePiece {
        let cache = try reserveCache()
        let end = cache.count + count
        pieceStart = cache.count
        let most = min(most, draftLength.next, request.maximumTokens - completionTokens - 1)
        draft = hasBegun && most > 0 ? lookup.guess(after: tokens, most: most) : []
        return SequencePiece(
            tokens[cache.count..<end] + draft, cache: cache,
            logitRows: isScoringPrompt ? count : end == tokens.count ? 1 + draft.count : 0)
    }

    /// Whether the logits after each token of the prompt are wanted, and it is being run.
    private var isScoringPrompt: Bool { request.scoresPrompt && !hasBegun }

    /// The most of its prompt that it can take in one pass.
    var mostPromptTokens: Int { isScoringPrompt ? ModelPass.rowsAtATime : .max }

    /// Draws the next token, and more for as long as each is the one that was guessed: the logits
    /// after it are then those of a pass of its own.
    ///
    /// On any one thread, as those of other sequences are drawn: nothing is delivered.
    ///
    /// - Parameter logits: [1 + guesses, V], of its piece of the pass; changed on the way.
    func draw(from logits: Matrix) {
        drawn = Result {
            var drawn = Drawn()
            let first = isScoringPrompt ? try scorePrompt(logits) : 0
            guard request.maximumTokens > 0 else { return drawn }
            for row in first..<logits.rows {
                let known = known(logits, row)
                let raw = request.scoredAlternatives == nil ? nil : Array(known)
                let token = try sampler.next(known)
                drawn.tokens.append(token)
                if let raw { drawn.scores.append(try score(token, raw)) }
                guard row < draft.count, token == draft[draft.startIndex + row] else { break }
            }
            return drawn
        }
    }

    /// Embeddings padded past the vocabulary stand for no token.
    private func known(_ logits: Matrix, _ row: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            rebasing: logits.rows(row..<row + 1).floats[..<version.tokenizer.vocabularyCount])
    }

    private func score(_ token: Int32, _ logits: [Float]) throws -> TokenScore {
        var logits = logits
        return try logits.withUnsafeMutableBufferPointer {
            try TokenScore(token, $0, alternatives: request.scoredAlternatives ?? 0)
        }
    }

    /// Scores the tokens of the prompt that follow those of the piece.
    ///
    /// - Parameter logits: a row after each of the piece's tokens.
    /// - Returns: the row after the prompt's last token, or how many there are if that is to come.
    /// - Throws: `GPT2Error.logitsNotFinite`.
    private func scorePrompt(_ logits: Matrix) throws -> Int {
        let next = tokens[(pieceStart + 1)...].prefix(logits.rows)
        for (row, token) in next.enumerated() {
            promptScores.append(try score(token, Array(known(logits, row))))
        }
        return next.count
    }

    /// Takes what was drawn into the reply, up to its end. Delivers the text that is ready with it.
    ///
    /// - Returns: how the reply has ended, if it has, for the engine to deliver once the sequence
    ///   is off its books: who sees the end finds the slot free.
    /// - Throws: `GPT2Error.logitsNotFinite`, or what the tokenizer throws; no text has then been
    ///   delivered for this step.
    func takeDrawn() throws -> GenerationEvent? {
        // What was computed after a wrong guess is of another text.
        defer { if let cache { cache.truncate(to: min(cache.count, tokens.count - 1)) } }
        let drawn = try self.drawn.get()
        guard !drawn.tokens.isEmpty else {
            guard request.maximumTokens == 0, promptTokensLeft == 0 else { return nil }
            begin()
            return finish(.length)
        }
        draftLength.note(guessed: draft.count, right: drawn.tokens.count - 1)
        for (index, token) in drawn.tokens.enumerated() {
            if index > 0 { guessedTokens += 1 }
            let score = drawn.scores.isEmpty ? nil : drawn.scores[index]
            if let end = try take(token, score) { return end }
        }
        return nil
    }

    private func begin() {
        deliver(.began(cachedPromptTokens: cachedPromptTokens))
        if request.scoresPrompt { deliver(.promptScores(promptScores)) }
        promptScores = []
    }

    private func take(_ token: Int32, _ score: TokenScore?) throws -> GenerationEvent? {
        if !hasBegun { begin() }
        tokens.append(token)
        if request.stopsAtEndOfText, token == version.tokenizer.endOfText {
            return finish(.stop)
        }
        completionTokens += 1
        let decoded = try decoder.append(token)
        if let score { pendingScores.append(score, byteCount: decoded.utf8.count) }
        let (text, hasStopped) = stopFilter.append(decoded)
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
        guard hasBegun else {
            deliver(.failed(.deadlineWhileQueued))
            return
        }
        deliver(finish(.deadline))
    }

    private func emit(_ text: String) {
        deliverText(sentences == nil ? text : sentences?.append(text) ?? "")
    }

    private func deliverText(_ text: String) {
        guard !text.isEmpty else { return }
        if request.scoredAlternatives != nil {
            deliver(.scores(pendingScores.release(with: text.utf8.count)))
        }
        deliver(.text(text))
    }

    /// Delivers the text that is left.
    private func finish(_ reason: GenerationSummary.FinishReason) -> GenerationEvent {
        // What was held back is no stop string now that nothing follows it.
        if !stopFilter.hasStopped {
            emit(stopFilter.append(decoder.finish()).emit)
            emit(stopFilter.finish())
        }
        let rest = reason == .deadline ? sentences?.cutShort() : sentences?.finish()
        if let rest { deliverText(rest) }
        if request.scoredAlternatives != nil, reason == .length {
            deliver(.scores(pendingScores.releaseAll()))
        }
        return .finished(
            GenerationSummary(
                reason: reason, promptTokens: request.prompt.count,
                completionTokens: completionTokens, cachedPromptTokens: cachedPromptTokens,
                guessedTokens: guessedTokens))
    }
}
