import Chat
import Configuration
import Serving
import Tokenizer

/// Carries the engine's events to a sink, through the sanitizer.
///
/// @unchecked Sendable because the engine calls it from its one thread, one event after another.
final class ReplyDelivery: @unchecked Sendable {
    private var sanitizer: StreamingSanitizer
    private var generated = ""
    private var reply = ""
    private var hasEnded = false
    private let served: ModelRegistry<ModelConfiguration>.Served
    private let prompt: [Int32]
    private let echoes: Bool
    private var cachedPromptTokens = 0
    private let sink: any ReplySink
    private let pending: PendingReply
    private let finished: @Sendable (String, ReplyEnding) -> Void
    private let failed: @Sendable (ServingError, UsageCount?) -> Void
    private var hasBegun = false
    private let scoresPrompt: Bool

    /// Calls `finished` with the whole reply before its end goes to the sink, or `failed`, which is
    /// to tell the sink itself, with what the reply took until then.
    init(
        _ plan: ReplyPlan, from served: ModelRegistry<ModelConfiguration>.Served,
        to sink: any ReplySink, pending: PendingReply,
        finished: @escaping @Sendable (String, ReplyEnding) -> Void,
        failed: @escaping @Sendable (ServingError, UsageCount?) -> Void
    ) {
        sanitizer = StreamingSanitizer(plan.sanitizer)
        prompt = plan.generation.prompt
        echoes = plan.echoes
        scoresPrompt = plan.generation.scoresPrompt
        self.served = served
        self.sink = sink
        self.pending = pending
        self.finished = finished
        self.failed = failed
    }

    func take(_ event: GenerationEvent) {
        guard !hasEnded else { return }
        switch event {
        case .began(let cachedPromptTokens):
            hasBegun = true
            self.cachedPromptTokens = cachedPromptTokens
            if echoes, !scoresPrompt {
                sink.prompt(prompt.map { ScoredToken(unscored: bytes(of: $0)) })
            }
        case .promptScores(let scores):
            let first = prompt.prefix(1).map { ScoredToken(unscored: bytes(of: $0)) }
            sink.prompt(first + scores.map { ScoredToken($0, bytes: bytes) })
        case .scores(let scores):
            sink.scores(scores.map { ScoredToken($0, bytes: bytes) })
        case .text(let text):
            generated += text
            send(sanitizer.append(text))
            if sanitizer.hasEnded { stopEarly() } else { waitForClient() }
        case .finished(let summary):
            finish(summary)
        case .failed(let error):
            hasEnded = true
            failed(error, hasBegun ? usage : nil)
        }
    }

    /// Has no more made until a client that reads slowly has caught up.
    private func waitForClient() {
        guard sink.isCongested else { return }
        pending.pause()
        sink.onRelief { [weak pending] in pending?.resume() }
    }

    /// Ends the reply where the sanitizer would drop all that follows.
    private func stopEarly() {
        finish(
            GenerationSummary(
                reason: .stop, promptTokens: prompt.count, completionTokens: usage.completion,
                cachedPromptTokens: cachedPromptTokens))
        pending.end()
    }

    /// What the reply has taken so far; the engine counts only for those that it ends itself.
    private var usage: UsageCount {
        UsageCount(
            prompt: prompt.count, cachedPrompt: cachedPromptTokens,
            completion: served.encode(generated).count)
    }

    private func bytes(of token: Int32) -> [UInt8] {
        // What the model has said, or was asked about, is one of its tokens.
        (try? served.version.tokenizer.decode([token])) ?? []
    }

    private func finish(_ summary: GenerationSummary) {
        hasEnded = true
        send(sanitizer.finish())
        let ending = ReplyEnding(
            modelKey: served.key, modelVersion: served.version.name, summary: summary)
        finished(reply, ending)
        sink.end(ending)
    }

    private func send(_ text: String) {
        guard !text.isEmpty else { return }
        reply += text
        sink.text(text)
    }
}
