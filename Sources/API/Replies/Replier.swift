import Chat
import Configuration
import Dispatch
import Foundation
import HTTP
import Logging
import Serving
import Synchronization

/// Takes what a dialect wants through all the rooms: model, prompt, engine, sanitizer, and back to
/// the dialect's sink.
final class Replier: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let engine: Engine
    private let sessions: Mutex<ChatSessions>
    private let worker: WorkerQueue
    private let logger: Logger
    let inferences = InferenceCount()

    init(
        registry: ModelRegistry<ModelConfiguration>, engine: Engine, sessions: ChatSessions,
        worker: WorkerQueue, logger: Logger
    ) {
        self.registry = registry
        self.engine = engine
        self.sessions = Mutex(sessions)
        self.worker = worker
        self.logger = logger
    }

    /// Has a reply made; everything that comes of it, an error too, goes to the sinks.
    ///
    /// - Parameters:
    ///   - request: what is wanted.
    ///   - writer: of the client, whose going away ends the reply.
    ///   - sinks: say it to the client: one for each choice of each prompt, those of the first prompt
    ///     first. Of those of one client one is enough to say that it has failed.
    func reply(to request: ReplyRequest, for writer: RecordedWriter, into sinks: [any ReplySink]) {
        let pending = sinks.map { _ in PendingReply() }
        precondition(sinks.count == request.prompts.count * request.choices && !sinks.isEmpty)
        writer.record.note(model: request.modelKey)
        writer.onDisconnect { for reply in pending { reply.end() } }
        registry.acquire(request.modelKey) { [self] result in
            // A model that had to be loaded first calls from the loader's queue, which is not
            // the place to tokenise.
            worker.continue { [self] in
                // The first stands for all until they begin.
                guard pending[0].begin() else {
                    // Too late: a client that has gone, or has been told of its deadline, gets
                    // nothing more.
                    writer.record.noteGone()
                    writer.refuse(APIError(ServingError.cancelled))
                    return
                }
                do {
                    try generate(request, result.get(), pending, for: writer, into: sinks)
                } catch {
                    for reply in pending { reply.end() }
                    switch error {
                    case let error as ServingError: fail(error, writer, sinks[0])
                    case let error as APIError: sinks[0].fail(error)
                    default:
                        logger.error(
                            "a reply failed",
                            metadata: [
                                "error": "\(error)", "request": "\(writer.record.requestID)",
                            ])
                        sinks[0].fail(.internalError)
                    }
                }
            }
        }
        // A model that is there has taken it on by now; only who waits for one to be loaded needs a timer,
        // of which a flood would otherwise have as many as it has requests in a minute.
        if pending[0].isWaiting { watchDeadline(of: request, pending[0], sinks[0]) }
    }

    /// Why no model can take another request, with the time of the one that can soonest: each is loaded,
    /// and as many wait for it as may. Nil where one can.
    func fullness() -> APIError? {
        var soonest: APIError?
        for number in registry.loadedNumbers ?? [] {
            do {
                try engine.requireRoom(for: number)
                return nil
            } catch {
                let refusal = APIError(error)
                let isSooner = refusal.retryAfter ?? .max < soonest?.retryAfter ?? .max
                soonest = isSooner ? refusal : soonest ?? refusal
            }
        }
        return soonest
    }

    /// Refuses at the deadline what still waits then; from the engine on, the engine keeps it.
    private func watchDeadline(
        of request: ReplyRequest, _ pending: PendingReply, _ sink: any ReplySink
    ) {
        guard let deadline = request.options.deadline else { return }
        let left = (request.arrival + deadline - .now) / .seconds(1)
        // Weak, so that a request that is answered is not kept until its deadline.
        DispatchQueue.global().asyncAfter(deadline: .now() + max(0, left)) {
            [weak pending, weak sink] in
            guard let pending, let sink, pending.giveUpWaiting() else { return }
            sink.fail(APIError(.deadlineWhileQueued))
        }
    }

    private func generate(
        _ request: ReplyRequest, _ served: ModelRegistry<ModelConfiguration>.Served,
        _ pending: [PendingReply], for writer: RecordedWriter, into sinks: [any ReplySink]
    ) throws {
        // Before its prompt is made into tokens: under a flood, that is what takes the time.
        try engine.requireRoom(for: served.version.number)
        let plans = try request.prompts.map { prompt in
            try ReplyPlan(prompt, request, served) { key in
                sessions.withLock { $0.conversation(key, at: .now) }
            }
        }
        inferences.count(served.key)
        writer.record.note(version: served.version.name)
        let unfinished = UnfinishedChoices(sinks.count)
        for (index, sink) in sinks.enumerated() {
            let plan = plans[index / request.choices]
            let choice = index % request.choices
            var generation = plan.generation
            generation.choice = choice
            let delivery = ReplyDelivery(
                plan, from: served, to: sink, pending: pending[index],
                finished: { [self] reply, ending in
                    writer.record.note(choice == 0 ? ending.usage : ending.usage.withoutPrompt)
                    remember(reply, of: plan.chat)
                    if let error = unfinished.end() { fail(error, writer, sink) }
                },
                failed: { [self] error, usage in
                    // Who goes away in the middle has taken what was made.
                    if let usage { writer.record.note(choice == 0 ? usage : usage.withoutPrompt) }
                    for reply in pending { reply.end() }
                    if let error = unfinished.end(error) { fail(error, writer, sink) }
                })
            // False for one that has been ended meanwhile: the engine is then told at once.
            if index > 0 { _ = pending[index].begin() }
            pending[index].attach(
                try engine.submit(generation, on: served.version) { event in
                    if case .text = event { writer.record.noteToken() }
                    delivery.take(event)
                })
        }
    }

    /// Logs what is for the server's owner, and fails with what is for the client.
    private func fail(_ error: ServingError, _ writer: RecordedWriter, _ sink: any ReplySink) {
        switch error {
        case .cancelled: writer.record.noteGone()
        case .loadFailed, .generationFailed:
            logger.error("\(error)", metadata: ["request": "\(writer.record.requestID)"])
        default: break
        }
        sink.fail(APIError(error))
    }

    /// Adds what was said to the chat, if it is one that is remembered.
    private func remember(_ reply: String, of chat: ReplyPlan.ChatContext?) {
        guard let chat,
            let answer = try? Turn(
                side: chat.personaSide, audience: chat.message.audience, text: reply)
        else { return }
        sessions.withLock {
            $0.record([chat.message, answer], in: chat.key, keepingFrom: chat.firstKept, at: .now)
        }
    }
}
