import Chat
import Configuration
import HTTP
import JSON
import Serving

/// `POST /api/chat` and `POST /api/generate`: Ollama's requests for a reply, streamed unless asked
/// otherwise, one JSON object a line.
struct OllamaReplies: Sendable {
    private let replier: Replier
    private let registry: ModelRegistry<ModelConfiguration>
    private let settings: CompatibilitySettings

    init(
        _ replier: Replier, _ registry: ModelRegistry<ModelConfiguration>,
        _ settings: CompatibilitySettings
    ) {
        self.replier = replier
        self.registry = registry
        self.settings = settings
    }

    var routes: [Route] {
        [
            Route("POST", "/api/chat", .scope(.infer), generates: true, refusal: \.ollamaResponse) {
                exchange in
                try reply(to: exchange, .chat, prompt: chatPrompt)
            },
            Route(
                "POST", "/api/generate", .scope(.infer), generates: true, refusal: \.ollamaResponse
            ) { exchange in
                try reply(to: exchange, .generate, prompt: generatePrompt)
            },
        ]
    }

    private func chatPrompt(
        _ fields: RequestFields, _ key: String
    ) throws(APIError) -> ReplyRequest.Prompt? {
        guard let messages = fields.value("messages"), messages.array != [] else { return nil }
        return .conversation(try ReplyRequest.Conversation(openAI: messages, "messages"))
    }

    /// Text for a model of texts, or if it is to be `raw`; for a persona something said to it.
    private func generatePrompt(
        _ fields: RequestFields, _ key: String
    ) throws(APIError) -> ReplyRequest.Prompt? {
        guard let prompt = try fields.string("prompt"), !prompt.isEmpty else { return nil }
        if let suffix = try fields.string("suffix"), !suffix.isEmpty {
            throw .invalid(
                "suffix", "suffix is not supported; the model only goes on from a prompt")
        }
        let isRaw = try fields.bool("raw") ?? false
        let speaks = registry.profile(key).map { $0.sanitizer.rules != .none } ?? false
        let system = try fields.string("system") ?? ""
        guard speaks, !isRaw else {
            let isHeard = !isRaw && !system.isEmpty && registry.profile(key)?.system != .drop
            return .text(isHeard ? "\(system)\n\(prompt)" : prompt)
        }
        return .conversation(
            ReplyRequest.Conversation(
                system: system,
                messages: [ReplyRequest.Conversation.Message(isPersonas: false, text: prompt)]))
    }

    private func reply(
        to exchange: Route.Exchange, _ kind: OllamaShape.Kind,
        prompt: (RequestFields, String) throws(APIError) -> ReplyRequest.Prompt?
    ) throws {
        let request = try OllamaFields(exchange.request.body)
        let key = try request.model(settings, for: exchange.caller)
        if request.fields.value("format").map({ $0.string != "" }) ?? false {
            throw APIError.invalid("format", "format is not supported; these models write text")
        }
        let shape = OllamaShape(
            kind: kind, model: try request.modelName(),
            arrival: exchange.writer.record.arrival)
        guard let prompt = try prompt(request.fields, key) else {
            return prepare(key, exchange.writer, shape, unloads: try request.unloads())
        }
        var wanted = ReplyRequest(
            modelKey: key, prompts: [prompt], arrival: exchange.writer.record.arrival)
        wanted.names = ReplyRequest.FieldNames(
            prompt: kind == .chat ? "messages" : "prompt", length: "options.num_predict",
            truncate: nil)
        wanted.options = try request.options()
        wanted.caller = exchange.caller?.hash
        let sinks =
            try request.fields.bool("stream") ?? true
            ? StreamedReply(exchange.writer, shape.stream).sinks
            : WholeReply(exchange.writer) { .json(shape.whole($0[0])) }.sinks
        replier.reply(to: wanted, for: exchange.writer, into: sinks)
    }

    /// What a request without a prompt is for: the model is loaded, or unloaded.
    private func prepare(
        _ key: String, _ writer: RecordedWriter, _ shape: OllamaShape, unloads: Bool
    ) {
        guard !unloads else {
            // Of no consequence for a model that is pinned or in use: it stays, and /api/ps says so.
            registry.unload(key)
            return writer.send(.json(shape.prepared("unload")))
        }
        registry.acquire(key) { result in
            switch result {
            case .success: writer.send(.json(shape.prepared("load")))
            case .failure(let error): writer.refuse(APIError(error))
            }
        }
    }
}
