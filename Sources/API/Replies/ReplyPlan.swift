import Chat
import Configuration
import Crypto
import GPT2
import Serving
import Tokenizer

/// A request worked out against the model that will answer it: tokens, settings, and what is to be
/// remembered of the chat afterwards.
struct ReplyPlan: Sendable {
    let generation: GenerationRequest
    let sanitizer: Sanitizer
    let chat: ChatContext?
    let echoes: Bool

    /// What a chat adds to a request.
    struct ChatContext: Sendable {
        let key: ChatSessions.Key
        /// The user's message as it is in the prompt.
        let message: Turn
        /// See `ChatSessions.record`.
        let firstKept: Int
        let personaSide: Int
    }

    /// - Parameters:
    ///   - prompt: one of the request's.
    ///   - request: what is wanted.
    ///   - served: the model that answers, with its settings.
    ///   - conversation: looks up what is remembered of a chat.
    /// - Throws: `APIError` (400) for what does not fit the model.
    init(
        _ prompt: ReplyRequest.Prompt, _ request: ReplyRequest,
        _ served: ModelRegistry<ModelConfiguration>.Served,
        conversation: (ChatSessions.Key) -> ChatSessions.Conversation
    ) throws(APIError) {
        let biased = request.options.logitBias.keys
        guard biased.allSatisfy({ served.isToken($0) }) else {
            throw .invalid("logit_bias", "logit_bias names tokens that this model has not")
        }
        let length = try ReplyLength(request, served)
        let tokens: [Int32]
        switch prompt {
        case .text(let text):
            tokens = try length.fit(served.encode(text))
            chat = nil
        case .tokens(let ids):
            tokens = try length.fit(served.checked(ids))
            chat = nil
        case .message(let text, let audience, let session):
            (tokens, chat) = try Self.chatPrompt(
                text, audience, session, request, served, length, conversation)
        case .conversation(let conversation):
            tokens = try Self.prompt(of: conversation, request, served, length)
            chat = nil
        }
        echoes = request.options.echoes
        generation = Self.generation(
            request, served.profile, prompt: tokens, length: length.tokens(after: tokens.count))
        sanitizer = served.profile.replySanitizer(
            isCompatible: request.options.isCompatible ?? served.profile.isCompatible)
    }

    private static func generation(
        _ request: ReplyRequest, _ profile: ModelConfiguration, prompt: [Int32], length: Int
    ) -> GenerationRequest {
        let options = request.options
        let isCompatible = options.isCompatible ?? profile.isCompatible
        var generation = GenerationRequest(prompt: prompt, maximumTokens: length)
        generation.sampling = profile.sampling(
            temperature: options.temperature, topK: options.topK, topP: options.topP,
            penalize: options.penalize, seed: options.seed, isCompatible: isCompatible)
        generation.sampling.presencePenalty = options.presencePenalty ?? 0
        generation.sampling.frequencyPenalty = options.frequencyPenalty ?? 0
        generation.sampling.logitBias = options.logitBias
        generation.stops = options.stop ?? profile.stops(isCompatible: isCompatible)
        generation.stopsAtEndOfText = profile.endOfText == .special && !isCompatible
        generation.deadline = options.deadline.map { request.arrival + $0 }
        generation.tenant = request.caller
        generation.scoredAlternatives = options.scoredAlternatives
        generation.scoresPrompt =
            options.echoes && (options.scoredAlternatives != nil || length == 0)
        return generation
    }
}

extension ModelRegistry.Served where Profile == ModelConfiguration {
    func encode(_ text: String) -> [Int32] {
        version.tokenizer.encode(
            text, endOfText: profile.endOfText == .special ? .special : .literal)
    }

    func isToken(_ id: Int32) -> Bool {
        (0..<Int32(version.tokenizer.vocabularyCount)).contains(id)
    }

    func checked(_ ids: [Int32]) throws(APIError) -> [Int32] {
        guard ids.allSatisfy(isToken) else {
            throw .invalid(
                "prompt",
                "the prompt has token ids outside 0 to \(version.tokenizer.vocabularyCount - 1)")
        }
        return ids
    }
}
