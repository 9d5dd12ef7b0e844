import Chat
import Dispatch
import HTTP
import Serving
import Synchronization

/// Takes what a dialect wants through all the rooms: model, prompt, engine, sanitizer, and back to
/// the dialect's sink.
final class Replier: Sendable {
    private let registry: ModelRegistry<ModelConfiguration>
    private let engine: Engine
    private let sessions: Mutex<ChatSessions>
    private let worker: WorkerQueue
    let inferences = InferenceCount()

    init(
        registry: ModelRegistry<ModelConfiguration>, engine: Engine, sessions: ChatSessions,
        worker: WorkerQueue
    ) {
        self.registry = registry
        self.engine = engine
        self.sessions = Mutex(sessions)
        self.worker = worker
    }

    /// Has a reply made; everything that comes of it, an error too, goes to the sink.
    ///
    /// - Parameters:
    ///   - request: what is wanted.
    ///   - writer: of the client, whose going away ends the reply.
    ///   - sink: says it to the client.
    func reply(
        to request: ReplyRequest, for writer: any HTTPResponseWriter, into sink: any ReplySink
    ) {
        registry.acquire(request.modelKey) { [self] result in
            // A model that had to be loaded first calls from the loader's queue, which is not
            // the place to tokenise.
            worker.continue {
                do {
                    let served = try result.mapError { APIError($0, known: self.registry.keys) }
                        .get()
                    try self.generate(request, served, for: writer, into: sink)
                } catch let error as APIError {
                    sink.fail(error)
                } catch {
                    sink.fail(APIError(500, "the request failed", code: "internal_error"))
                }
            }
        }
    }

    private func generate(
        _ request: ReplyRequest, _ served: ModelRegistry<ModelConfiguration>.Served,
        for writer: any HTTPResponseWriter, into sink: any ReplySink
    ) throws {
        let plan = try ReplyPlan(request, served) { key in
            sessions.withLock { $0.conversation(key, at: .now) }
        }
        inferences.count(served.key)
        let delivery = ReplyDelivery(
            sanitizer: plan.sanitizer, served: served, sink: sink,
            remember: { [self] reply in remember(reply, of: plan.chat) })
        do {
            let ticket = try engine.submit(plan.generation, on: served.version) { event in
                delivery.take(event)
            }
            writer.onDisconnect { ticket.cancel() }
        } catch let error as ServingError {
            throw APIError(error, known: registry.keys)
        }
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

/// Carries the engine's events to a sink, through the sanitizer.
///
/// @unchecked Sendable because the engine calls it from its one thread, one event after another.
private final class ReplyDelivery: @unchecked Sendable {
    private var sanitizer: StreamingSanitizer
    private var reply = ""
    private let served: ModelRegistry<ModelConfiguration>.Served
    private let sink: any ReplySink
    private let remember: @Sendable (String) -> Void

    init(
        sanitizer: Sanitizer, served: ModelRegistry<ModelConfiguration>.Served,
        sink: any ReplySink, remember: @escaping @Sendable (String) -> Void
    ) {
        self.sanitizer = StreamingSanitizer(sanitizer)
        self.served = served
        self.sink = sink
        self.remember = remember
    }

    func take(_ event: GenerationEvent) {
        switch event {
        case .text(let text):
            send(sanitizer.append(text))
        case .finished(let summary):
            send(sanitizer.finish())
            remember(reply)
            sink.end(
                ReplyEnding(
                    modelKey: served.key, modelVersion: served.version.name, summary: summary))
        case .failed(let error):
            sink.fail(APIError(error, known: []))
        }
    }

    private func send(_ text: String) {
        guard !text.isEmpty else { return }
        reply += text
        sink.text(text)
    }
}
