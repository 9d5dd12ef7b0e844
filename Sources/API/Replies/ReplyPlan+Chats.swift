import Chat
import Configuration
import Crypto
import Serving

extension ReplyPlan {
    /// The prompt of a chat that the server remembers, and what to add to it.
    static func chatPrompt(
        _ text: String, _ audience: String?, _ session: String?, _ request: ReplyRequest,
        _ served: ModelRegistry<ModelConfiguration>.Served, _ length: ReplyLength,
        _ conversation: (ChatSessions.Key) -> ChatSessions.Conversation
    ) throws(APIError) -> ([Int32], ChatContext?) {
        let persona = served.profile.persona
        let audience = audience ?? persona.audience
        guard Turn.isAudience(audience) else {
            throw .invalid(
                "audience", "audience must be 1 to 64 bytes, without \"|\" and line breaks")
        }
        var key: ChatSessions.Key?
        if let session {
            do {
                key = try ChatSessions.Key(
                    caller: request.caller?.hexadecimal, model: served.key, audience: audience,
                    session: session)
            } catch {
                throw .invalid("session_id", "\(error)")
            }
        }
        let before = key.map(conversation) ?? ChatSessions.Conversation()
        let builder = PromptBuilder(
            contextLength: served.version.contextLength, reserve: length.reserve,
            encode: { served.encode($0) })
        do {
            let message = try Turn(side: 1 - persona.side, audience: audience, text: text)
            let prompt = try builder.prompt(
                turns: before.turns, message: message, personaSide: persona.side,
                truncate: request.options.truncate)
            guard let key else { return (prompt.tokens, nil) }
            // A reply asked to be unusually long makes this prompt forget more, not the chat.
            let usual =
                request.options.length == nil
                ? prompt.dropped
                : try PromptBuilder(
                    contextLength: served.version.contextLength, reserve: length.usualReserve,
                    encode: { served.encode($0) }
                ).prompt(
                    turns: before.turns, message: message, personaSide: persona.side,
                    truncate: true
                ).dropped
            return (
                prompt.tokens,
                ChatContext(
                    key: key, message: prompt.message,
                    firstKept: before.forgotten + min(prompt.dropped, usual),
                    personaSide: persona.side)
            )
        } catch let error as PromptError {
            throw .tooLong("\(error)", "message")
        } catch {
            throw .invalid("message", "\(error)")
        }
    }

    /// The prompt of a chat that the client remembers.
    static func prompt(
        of conversation: ReplyRequest.Conversation, _ request: ReplyRequest,
        _ served: ModelRegistry<ModelConfiguration>.Served, _ length: ReplyLength
    ) throws(APIError) -> [Int32] {
        let persona = served.profile.persona
        let audience = conversation.audience ?? persona.audience
        let policy = served.profile.system
        let hasPreamble = policy != .drop && !conversation.system.isEmpty
        let builder = PromptBuilder(
            contextLength: served.version.contextLength, reserve: length.reserve,
            encode: { served.encode($0) })
        do {
            var turns = try conversation.messages.map {
                try Turn(
                    side: $0.isPersonas ? persona.side : 1 - persona.side, audience: audience,
                    text: $0.text)
            }
            guard let last = turns.popLast() else {
                throw APIError.invalid(request.names.prompt, "there is no message to answer")
            }
            let prompt = try builder.prompt(
                turns: turns, message: last, personaSide: persona.side,
                preamble: hasPreamble ? conversation.system + "\n" : "",
                cutsPreamble: policy == .truncate, truncate: request.options.truncate)
            guard prompt.dropped == 0 || !request.options.keepsAll else {
                throw APIError.tooLong(
                    "the conversation is longer than the model's window; leave out its oldest "
                        + "messages, or send \"truncation\": \"auto\"", request.names.prompt)
            }
            return prompt.tokens
        } catch let error as APIError {
            throw error
        } catch let error as PromptError {
            throw .tooLong("\(error)", request.names.prompt)
        } catch {
            throw .invalid(request.names.prompt, "\(error)")
        }
    }
}
