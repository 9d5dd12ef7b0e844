import Chat
import GPT2

/// What a model's settings come to for one reply. Whether it is compatible may be asked for with the
/// reply, else it is the model's own `isCompatible`.
extension ModelConfiguration {
    /// The stop strings where none are asked for.
    ///
    /// The original always made all of its tokens. A model that is otherwise compatible has no stop
    /// strings of its own, and then the marker ends a cleaned reply.
    public func stops(isCompatible: Bool) -> [String] {
        if isCompatible { return [] }
        guard self.isCompatible, generation.stop.isEmpty else { return generation.stop }
        return sanitizer.rules == .none ? [] : [Turn.marker]
    }

    /// What is done to the reply.
    ///
    /// The original had one sanitizer; asked for its ways, a mended one gives place to it.
    public func replySanitizer(isCompatible: Bool) -> Sanitizer {
        guard isCompatible, sanitizer.rules == .chatbot else { return sanitizer }
        return Sanitizer(
            .chatbotLegacy, names: sanitizer.names, personaSide: sanitizer.personaSide)
    }

    /// How tokens are chosen: as is asked for, and where nothing is, as `generation` says; without a
    /// seed it is another one each time.
    public func sampling(
        temperature: Double?, topK: Int?, topP: Double?, penalize: Double?, seed: Int?,
        isCompatible: Bool
    ) -> SamplingSettings {
        var settings = SamplingSettings()
        settings.temperature = temperature ?? generation.temperature
        settings.topK = topK ?? generation.topK
        // Who asks for top-k means it, although top-p would go before it.
        settings.topP = topP ?? (topK == nil ? generation.topP : 0)
        settings.penalize = penalize ?? generation.penalize
        settings.penaltyRule = isCompatible ? .original : .generated
        settings.seed =
            seed.map { UInt64(bitPattern: Int64($0)) } ?? .random(in: .min ... .max)
        return settings
    }
}
