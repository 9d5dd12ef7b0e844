import Chat
import Checkpoints
import Configuration
import Serving
import Tokenizer

/// A model that this program can run, with its settings.
struct LocalModel {
    let profile: ModelConfiguration
    let folder: () throws -> ModelFolder

    var form: ModelForm { ModelForm(weights: profile.weights, cache: profile.cache) }

    /// Those it was given that can stand in a prompt, whom it talks with by default among them.
    var audiences: ChatAudiences {
        let usual = profile.persona.audience
        var names: [String] = []
        for name in profile.sanitizer.names where Turn.isAudience(name) && !names.contains(name) {
            names.append(name)
        }
        if !names.contains(usual) { names.insert(usual, at: 0) }
        return ChatAudiences(names: names, usual: usual)
    }

    /// A message made ready for the engine, as the server makes it.
    ///
    /// - Parameters:
    ///   - request: what is said.
    ///   - version: the model, loaded.
    /// - Returns: what the engine is asked.
    /// - Throws: `ChatMistake` where it does not fit the model's window.
    func generation(
        for request: ChatRequest, on version: ModelVersion
    ) throws -> GenerationRequest {
        let settings = request.settings
        let window = version.contextLength
        if let length = settings.length, length >= window {
            throw ChatMistake(
                "a length of \(length) does not fit this model, which sees \(window) tokens at a "
                    + "time; /set length to \(window - 1) at most")
        }
        let share = WindowShare(
            window: window, asked: settings.length, usual: profile.generation.length)
        let prompt = try self.prompt(request, on: version, reserve: share.reserve)
        var generation = GenerationRequest(
            prompt: prompt, maximumTokens: share.replyTokens(after: prompt.count))
        let isCompatible = profile.isCompatible
        generation.sampling = profile.sampling(
            temperature: settings.temperature, topK: settings.topK, topP: settings.topP,
            penalize: settings.penalize, seed: settings.seed, isCompatible: isCompatible)
        generation.stops = profile.stops(isCompatible: isCompatible)
        generation.stopsAtEndOfText = profile.endOfText == .special && !isCompatible
        return generation
    }

    private func prompt(
        _ request: ChatRequest, on version: ModelVersion, reserve: Int
    ) throws -> [Int32] {
        let side = profile.persona.side
        let audience = request.audience ?? profile.persona.audience
        let tokenizer = version.tokenizer
        let isSpecial = profile.endOfText == .special
        let builder = PromptBuilder(contextLength: version.contextLength, reserve: reserve) {
            tokenizer.encode($0, endOfText: isSpecial ? .special : .literal)
        }
        let turns = try request.exchanges.flatMap {
            [
                try Turn(side: 1 - side, audience: audience, text: $0.message),
                try Turn(side: side, audience: audience, text: $0.reply),
            ]
        }
        do {
            return try builder.prompt(
                turns: turns,
                message: Turn(side: 1 - side, audience: audience, text: request.message),
                personaSide: side
            ).tokens
        } catch PromptError.messageTooLong(let tokens, let room) {
            throw ChatMistake(
                "the message is \(tokens) tokens long and there is room for \(room); shorten it, or "
                    + "have shorter replies with /set length")
        } catch PromptError.noRoom(_, let window) {
            throw ChatMistake(
                "\(window) tokens leave no room for a message; have shorter replies with /set length"
            )
        }
    }
}
